"""My details: who the reader is and how we reach them, changed by themself and at once."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from troth.design.done import done
from troth.design.moments import day_and_hour
from troth.design.values import Row
from troth.gate.contexts import Opened
from troth.gate.table import actor_of
from troth.people import rules, services
from troth.people import selectors as people
from troth.people.selectors import PersonContact
from troth.portal import own_data
from troth.portal.forms.adjusting import AdjustmentsForm
from troth.portal.forms.details import DetailsForm
from troth.portal.views.my_data import reader
from troth.rights.selectors.planning import dates_kept
from troth.sharing import selectors as sharing
from troth.vault.categories import Category


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """What we hold of who they are and how to reach them, and how it was before."""
    subject, at, opened = reader(request), request.at, _opened(request)  # type: ignore[attr-defined]
    who, contact = people.get_identity(subject, opened), people.get_contact(subject, opened)
    kept = dates_kept(subject, at=at)
    passed = sharing.list_disclosures(subject, opened)
    named = (
        [
            Row(label, value)
            for label, value in (
                ("Title", who.title),
                ("Name", who.name),
                ("Date of birth", f"{who.born_on:%-d %B %Y}" if who.born_on else ""),
            )
            if value
        ]
        if who
        else []
    )
    earlier = [
        (f"Until {day_and_hour(moment)}", _rows(before))
        for moment, before in people.earlier_contacts(subject, opened)
    ]
    return render(
        request,
        "portal/details/show.html",
        {
            "named": named,
            "reached": _rows(contact) if contact else [],
            "earlier": earlier,
            "takes_adjustments": people.takes_adjustments(opened.register),
            "adjustments": people.get_adjustments(subject, opened).words,
            "why_adjusted": own_data.counterpart_of(Category.ADJUSTMENTS, kept, at, passed=passed),
            "why_named": own_data.counterpart_of(Category.IDENTITY, kept, at, passed=passed),
            "why_reached": own_data.counterpart_of(Category.CONTACT, kept, at, passed=passed),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Change how we reach the reader. It holds from this moment; what was before is kept beside it."""
    subject, at, opened = reader(request), request.at, _opened(request)  # type: ignore[attr-defined]
    contact = people.get_contact(subject, opened)
    if contact is None:
        return redirect("my_details")
    now = {name: getattr(contact, name) for name in ("email", "telephone", "address", "postcode")}
    form = DetailsForm(request.POST or None, initial=now)
    if form.is_valid():
        services.change_contact(subject, by=actor_of(request), at=at, **form.cleaned_data)
        return done("my_details", "details-changed")
    return render(
        request,
        "portal/details/change.html",
        {
            "form": form,
            "why": own_data.counterpart_of(
                Category.CONTACT,
                dates_kept(subject, at=at),
                at,
                passed=sharing.list_disclosures(subject, opened),
                link=False,
            ),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def adjust(request: HttpRequest) -> HttpResponse:
    """Say what we are to arrange for the reader's appointments: ticks, and never why."""
    subject, at, opened = reader(request), request.at, _opened(request)  # type: ignore[attr-defined]
    if not people.takes_adjustments(opened.register):
        raise Http404
    held = people.get_adjustments(subject, opened)
    form = AdjustmentsForm(
        request.POST or None,
        questions=people.ADJUSTMENTS_ASKED,
        chosen=held.wanted,
        initial={"language": held.language, "seen": held.mark},
    )
    if form.is_valid():
        try:
            services.state_adjustments(subject, by=actor_of(request), at=at, **form.cleaned_data)
            return done("my_details", "adjustments-stated")
        except services.ChangedMeanwhile:
            held = people.get_adjustments(subject, opened)
            form.add_error(None, rules.say_overtaken(held.said))
            form.stand_on(held.mark)
    why = own_data.counterpart_of(Category.ADJUSTMENTS, dates_kept(subject, at=at), at, link=False)
    return render(
        request, "portal/details/adjust.html", {"form": form, "why": why}, status=422 if form.is_bound else 200
    )


def _opened(request: HttpRequest) -> Opened:
    opened: Opened = request.opened  # type: ignore[attr-defined]
    return opened


def _rows(contact: PersonContact) -> list[Row]:
    return [
        Row(label, value)
        for label, value in (
            ("Email", contact.email),
            ("Telephone", contact.telephone),
            ("Address", contact.address),
            ("Postcode", contact.postcode),
        )
        if value
    ]
