"""Who acts for the person of a case: recorded by the officer who looked at their paper, and ended in a minute."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from troth.design.values import Counterpart, Row, Term
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import TooOften
from troth.notice.purposes import Purpose
from troth.office.forms.authority import ACTS_AS, AuthorityForm
from troth.office.frame import Looking, day, looking, show
from troth.people import selectors as people
from troth.people import services
from troth.people.rules import AuthorityRefused, TooVague, normal_email
from troth.rights import selectors as rights
from troth.rights.rules.clock import Asked
from troth.rights.rules.letters import ASKED_WORDS
from troth.rights.selectors.cases import Case
from troth.vault.categories import Category


def show_all(request: HttpRequest, case: UUID) -> HttpResponse:
    """Who acts for the person of a case; one more, or one fewer."""
    look = looking(request)
    known = _case(look, case)
    form = AuthorityForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and "end" in request.POST:
        _end(look, known, request.POST["end"])
        return redirect("office_authorities", case=case)
    if form.is_valid() and _record(look, known, form):
        return redirect("office_authorities", case=case)
    return show(
        request,
        "case/authority",
        told="Who acts for this person opens here, with the papers of it.",
        known=known,
        form=form,
        authorities=[
            (each, ACTS_AS[each.acts_as][0], _rows(each))
            for each in people.list_authorities(known.subject, look.opened)
        ],
        why=Counterpart(
            "Why you see this", terms=(Term("For", look.purpose), Term("Because", "A request about their data"))
        ),
        status=422 if form.is_bound else 200,
    )


def _record(look: Looking, known: Case, form: AuthorityForm) -> bool:
    given: dict[str, Any] = form.cleaned_data
    try:
        found = _find(look, given["email"])
    except (TooVague, TooOften) as why:
        form.add_error("email", str(why))
        return False
    if found is None:
        form.add_error("email", "Nobody is reached by this address. They need an account of their own first.")
        return False
    identity = people.get_identity(known.subject, look.opened)
    try:
        services.record_authority(
            known.subject,
            representative=found,
            acts_as=given["acts_as"],
            until=timezone.make_aware(datetime.combine(given["until"], time()) + timedelta(days=1)),
            checked=given["checked"],
            wish=given["wish"],
            born_on=identity.born_on if identity else None,
            capacity_lost=given["capacity_lost"],
            may_ask=[*given["may_ask"], Asked.COMPLAINT.value],
            categories=[Category(each) for each in given["categories"]] or None,
            paper=given["paper"] or None,
            by=look.actor,
            at=look.at,
        )
    except AuthorityRefused as why:
        form.add_error(None, str(why))
        return False
    return True


def _find(look: Looking, email: str) -> UUID | None:
    """
    The one person who is reached by that address; of several, nobody, since families share one (pitfalls B16). The index only
    suggests: an address that merely looks like theirs to it must give nobody authority, so what we hold is compared.

    :raises TooVague: it is not an address.
    :raises TooOften: this officer has searched too often for now.
    """
    wanted = normal_email(email)
    with processing(Purpose.FIND, by=look.actor, at=look.at, find_reason=FindReason.RIGHTS_REQUEST) as opened:
        found = people.find_people(wanted, opened).people
        if len(found) != 1:
            return None
        reachable, _ = opened.admit([found[0].subject], Category.CONTACT)
        contact = people.get_contact(found[0].subject, opened) if reachable else None
    return found[0].subject if contact is not None and contact.email.strip().casefold() == wanted else None


def _end(look: Looking, known: Case, text: str) -> None:
    try:
        authority = UUID(text)
    except ValueError:
        raise Http404 from None
    if people.authority_subject(authority) != known.subject:
        raise Http404
    services.end_authority(authority, by=look.actor, at=look.at)


def _case(look: Looking, case: UUID) -> Case:
    try:
        return rights.get_case(case, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None


def _asks(each: people.Authority) -> str:
    if each.may_ask is None:
        return "Everything that they could ask themselves"
    return ", ".join(
        words.replace("your", "their") for asked, words in ASKED_WORDS.items() if asked.value in each.may_ask
    )


def _rows(each: people.Authority) -> list[Row]:
    last = each.ended_at or each.until - timedelta(seconds=1)
    rows = [
        Row("Since", day(timezone.localdate(each.since))),
        Row("Until" if each.stands else "Ended", day(timezone.localdate(last))),
        Row("What was looked at", each.checked, "Their paper is kept with it" if each.has_paper else ""),
        Row("May ask for", _asks(each)),
        Row(
            "Of these kinds",
            ", ".join(kind.replace("_", " ") for kind in each.categories) if each.categories else "Every kind",
        ),
    ]
    return [*rows, Row("What the person said", each.wish)] if each.wish else rows
