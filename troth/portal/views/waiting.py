"""The waiting list for whoever comes to the site: a place on it, and the time that is offered by the link of a message."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.values import Row
from troth.diary import rules, services
from troth.diary import selectors as diary
from troth.gate import actors
from troth.gate.table import actor_of, register_of
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.middleware import network_of
from troth.portal.forms.waiting import WaitForm, WhoWaitsForm
from troth.portal.views.account import WAIT, counterpart
from troth.vault.categories import Category


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, service: UUID) -> HttpResponse:
    """Ask to be told when a time is free. Whoever is signed in is known already."""
    at = request.at  # type: ignore[attr-defined]
    offered = diary.get_service(service)
    if offered is None or not diary.is_booked_online(offered, register_of(request)):
        raise Http404
    workers = diary.workers(at=at)
    form = WaitForm(
        request.POST or None,
        practitioners=[
            (each.subject, each.name)
            for each in diary.list_practitioners(at=at)
            if workers[each.subject].does(service)
        ],
    )
    actor = actor_of(request)
    known = actor.kind == "person" and not actor.roles and not actor.held_back
    who = None if known else WhoWaitsForm(request.POST or None, on=timezone.localdate(at))
    status = 422 if form.is_bound else 200
    if form.is_valid() and (who is None or who.is_valid()):
        try:
            if who is None:
                assert actor.id is not None
                services.join_list(actor.id, service=service, by=actor, at=at, **form.wanted())
            elif isinstance(
                people.may_ask(who.cleaned_data["email"], network=network_of(request), at=at), people.Wait
            ):
                form.add_error(None, WAIT)
                status = 429
            else:
                given = {**form.wanted(), **who.cleaned_data}
                services.join_as_stranger(service=service, by=actors.NOBODY, at=at, **given)
        except rules.NotPossible as refused:
            form.add_error(None, str(refused))
        if not form.errors:
            return render(request, "portal/waiting/done.html")
    return render(
        request,
        "portal/waiting/join.html",
        {
            "form": form,
            "who": who,
            "wrong": form if form.errors or who is None else who,
            "offered": offered,
            "why": counterpart(at, Purpose.BOOKING, "Why we ask", Category.CORRESPONDENCE),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, whether or not there is such a link."""
    if request.method == "GET":
        request.browser.hold_link(token)  # type: ignore[attr-defined]
    return redirect("offer")


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """The time that is offered: to take it, to let it pass, or to leave the list."""
    at, token = request.at, request.browser.held_link()  # type: ignore[attr-defined]
    found = diary.offer_by_link(token, at=at)
    said = request.POST.get("do", "")
    if found is None:  # taken already, perhaps by the first of two clicks: the visit has the same link
        taken = diary.visit_by_link(token, at=at)
        return redirect("visit") if taken else render(request, "portal/waiting/over.html", status=410)
    error = ""
    try:
        if said == "take":
            made = services.take_offer(token, by=actors.NOBODY, at=at)
            request.browser.hold_link(made)  # type: ignore[attr-defined]
            visit = diary.visit_by_link(made, at=at)
            return redirect("visit_deposit" if visit and visit.awaits_deposit else "visit")
        if said in {"pass", "leave"}:
            services.answer_offer(token, stay=said == "pass", by=actors.NOBODY, at=at)
            return render(request, "portal/waiting/passed.html", {"stays": said == "pass"})
    except rules.NotPossible as refused:
        error = str(refused)
    member = people.staff_profiles({found.practitioner}).get(found.practitioner)
    return render(
        request,
        "portal/waiting/offer.html",
        {
            "error": error,
            "rows": [
                Row("When", rules.said_when(found.starts_at)),
                Row("With", member.name if member else "A colleague"),
                Row("Yours to take until", rules.said_when(found.until)),
            ],
        },
        status=409 if error else 200,
    )
