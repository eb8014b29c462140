"""For whom the reader acts: what they asked for them, and asking for more. The gate asks each time whether they still may."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from troth.design.values import Counterpart, Row, Term
from troth.gate.table import actor_of
from troth.people import selectors as people
from troth.people import services as people_services
from troth.portal import deciding, own_data
from troth.portal.forms.requesting import AskForm
from troth.portal.views.my_data import reader
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules.clock import Asked
from troth.rights.rules.letters import ASKED_WORDS
from troth.rights.services import StepRefused
from troth.vault.categories import Category


@require_http_methods(["GET", "HEAD"])
def list_people(request: HttpRequest) -> HttpResponse:
    """Everybody for whom the reader acts now."""
    until = people.represented_until(reader(request), at=request.at)  # type: ignore[attr-defined]
    names = people.names_of(until, request.opened)  # type: ignore[attr-defined]
    listed = [(names.get(each, "Somebody"), each, deciding.say_day(day)) for each, day in sorted(until.items())]
    return render(request, "portal/acting/list.html", {"people": listed, "why": _why(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, subject: UUID) -> HttpResponse:
    """What the reader asked for one of them, and asking for more. What we hold is let go by an officer, and not here (LAW-4.7)."""
    at, opened = request.at, request.opened  # type: ignore[attr-defined]
    if subject == reader(request):
        return redirect("my_data")
    opened.require(subject, Category.RIGHTS)
    until = people.represented_until(reader(request), at=at).get(subject)
    if until is None:  # another record of the reader's own
        raise Http404
    covered = people.may_ask_for(reader(request), subject, at=at)
    covered = frozenset(Asked) if covered is None else covered
    form = AskForm(request.POST if request.method == "POST" else None, covered=covered)
    if form.is_valid():
        try:
            services.take_in_from_representative(
                subject, form.cleaned_data["asked"], words=form.cleaned_data["words"], by=actor_of(request), at=at
            )
        except StepRefused as why:
            form.add_error("asked", str(why))
        else:
            return redirect("my_acting_for", subject=subject)
    cases = [case for case in rights.list_cases(subject, opened) if case.asked_by == reader(request)]
    return render(
        request,
        "portal/acting/show.html",
        {
            "form": form,
            "name": people.names_of([subject], opened).get(subject, "somebody"),
            "until": deciding.say_day(until),
            "table": deciding.cases_table(cases, rights.named_in_cases(subject, opened, at=at), at),
            "letters": [
                (step.words.split("\n\n")[0], deciding.say_day(step.on), step.words.split("\n\n")[1:])
                for case in cases
                for step in rights.list_steps(case.id, opened)
                if step.kind.value == "letter"
            ],
            "why": _why(request),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def end(request: HttpRequest, authority: UUID) -> HttpResponse:
    """End that somebody acts for the reader. It holds from their next request on."""
    if people.authority_subject(authority) != reader(request):
        raise Http404
    try:
        people_services.end_authority(authority, by=actor_of(request), at=request.at)  # type: ignore[attr-defined]
    except ObjectDoesNotExist:
        raise Http404 from None
    return redirect("my_representatives")


@require_http_methods(["GET", "HEAD"])
def representatives(request: HttpRequest) -> HttpResponse:
    """Who acts or acted for the reader, as what, on what, and until when."""
    known = people.list_authorities(reader(request), request.opened)  # type: ignore[attr-defined]
    return render(
        request,
        "portal/acting/representatives.html",
        {
            "authorities": [(each, each.acts_as.words, _rows(each)) for each in known],
            "why": own_data.rights_counterpart(request.at),  # type: ignore[attr-defined]
        },
    )


def _asks(each: people.Authority) -> str:
    if each.may_ask is None:
        return "Everything that you could ask yourself"
    return ", ".join(words for asked, words in ASKED_WORDS.items() if asked.value in each.may_ask)


def _rows(each: people.Authority) -> list[Row]:
    last = each.ended_at or each.until - timedelta(
        seconds=1
    )  # it stands until a midnight, and the day before is the last
    rows = [
        Row("Since", deciding.say_day(timezone.localdate(each.since))),
        Row("Until" if each.stands else "Ended", deciding.say_day(timezone.localdate(last))),
        Row("What we looked at", each.checked),
        Row("May ask for", _asks(each)),
        Row(
            "Of these kinds",
            ", ".join(kind.replace("_", " ") for kind in each.categories) if each.categories else "Every kind",
        ),
    ]
    return [*rows, Row("What you said of it", each.wish)] if each.wish else rows


def _why(request: HttpRequest) -> Counterpart:
    opened = request.opened  # type: ignore[attr-defined]
    title = opened.declared.title if opened.declared else ""
    return Counterpart(
        "Why you see this", terms=(Term("For", title), Term("Because", "You act for them, on proof that we keep"))
    )
