"""
Taking a request in: by whatever route it came, from whoever it came, as many cases as it holds rights (LAW-1.19, LAW-2.9).

A member of staff who may not read what people asked may still take it in: the service writes it for them, and shows nothing back.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils import timezone

from troth.consent.rules import How
from troth.consent.services import take_back
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, new_subject
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.selectors import has_account
from troth.people.services import address_of, has_died
from troth.rights.models import Asked, RightsCase, Route, StepKind, Waits
from troth.rights.rules.letters import ASKED_WORDS, LetterKind
from troth.rights.selectors import cases
from troth.rights.services.cases import _write_case
from troth.rights.services.standing import object_to, restrict
from troth.rights.services.stepping import (
    StepRefused,
    _add,
    _ask_again,
    _compose_for,
    _email,
    _name_use,
    _send,
    _title,
    _went,
)
from troth.rights.services.steps import _why_not_ask, ask_for
from troth.vault.categories import Category
from troth.vault.models import SubjectKind

#: What can be asked about somebody who died.
_OF_THE_DEAD = frozenset({Asked.DECEASED, Asked.COMPLAINT})
#: As what a word about consent counts that came with a request.
_HOW = {
    Route.PORTAL: How.PORTAL,
    Route.FORM: How.MESSAGE,
    Route.EMAIL: How.MESSAGE,
    Route.LETTER: How.MESSAGE,
    Route.TELEPHONE: How.TELEPHONE,
    Route.IN_PERSON: How.RECEPTION,
}


def _take_in(
    subject: UUID,
    asked: Collection[Asked],
    *,
    words: str,
    route: Route,
    received_on: date,
    by: Actor,
    at: datetime,
    purpose: Purpose | None = None,
    consent: Purpose | None = None,
    proof: str = "",
    reply_to: str = "",
    applicant: Mapping[str, str] | None = None,
    by_post: bool = False,
) -> list[UUID]:
    """
    Take in one message of a person: a case for each right in it, its receipt, and what must stop at once (LAW-1.19).

    `purpose` is the use that they object to, `consent` what they take a consent back from. `proof` is what is asked for where it is
    doubtful whether it was them: until it came, only marketing stops, since a stranger could have a record shut (LAW-1.15).
    `reply_to` is an email address; `applicant` has the name, email and address of whoever asks for the records of somebody who
    died.

    :raises StepRefused: nothing was asked, the day is still to come, or an objection names no use.
    :raises Refused: this actor may not take requests in.
    """
    writer = by
    if by.kind == "person" and by.id != subject:
        writer = actors.service("rights-intake", on_behalf_of=by.id)
    return _write_message(
        subject,
        asked,
        words=words,
        route=route,
        received_on=received_on,
        purpose=purpose,
        consent=consent,
        proof=proof,
        reply_to={**(applicant or {}), **({"email": reply_to} if reply_to else {})},
        by_post=by_post,
        asked_by=None,
        covered=None,
        by=writer,
        at=at,
    )


def _take_in_from_representative(
    subject: UUID, asked: Collection[Asked], *, words: str, by: Actor, at: datetime
) -> list[UUID]:
    """
    Take in what somebody asks who acts for a person, with verified authority (LAW-3.15).

    :raises StepRefused: nothing was asked, or it is more than their paper covers (LAW-3.16).
    :raises Refused: they do not act for that person, or no longer.
    """
    covered = people.may_ask_for(by.id, subject, at=at) if by.id else frozenset()
    return _write_message(
        subject,
        asked,
        words=words,
        route=Route.PORTAL,
        received_on=timezone.localdate(at),
        purpose=None,
        consent=None,
        proof="",
        reply_to={},
        by_post=False,
        asked_by=by.id,
        covered=covered,
        by=actors.service("rights-intake", on_behalf_of=by.id),
        at=at,
    )


@act(Event.CASE_TAKEN_IN, purpose=Purpose.RIGHTS)
def _write_message(
    subject: UUID,
    asked: Collection[Asked],
    *,
    words: str,
    route: Route,
    received_on: date,
    purpose: Purpose | None,
    consent: Purpose | None,
    proof: str,
    reply_to: Mapping[str, str],
    by_post: bool,
    asked_by: UUID | None,
    covered: frozenset[str] | None,
    by: Actor,
    at: datetime,
) -> list[UUID]:
    acting().require(subject, Category.RIGHTS)
    if covered is not None and (beyond := [each for each in Asked if each in asked and each.value not in covered]):
        raise StepRefused(
            f"Your paper does not cover this: {ASKED_WORDS[beyond[0]].lower()}. Ask the person, or send us another [LAW-3.16]."
        )
    if not asked and consent is None:
        raise StepRefused("Choose what they ask for.")
    if received_on > timezone.localdate(at):
        raise StepRefused("That day is still to come.")
    if Asked.OBJECTION in asked and purpose is None:
        raise StepRefused("Choose which use they object to.")
    if (set(asked) - _OF_THE_DEAD or consent is not None) and has_died(subject, at=at):
        raise StepRefused(
            "They died, and these rights ended with that. Take it in as the records of somebody who died, from whoever asks, or as "
            "a complaint [LAW-4.10]."
        )
    if Asked.DECEASED in asked and not (reply_to.get("name") and (reply_to.get("email") or reply_to.get("address"))):
        raise StepRefused(
            "Write who asks for the records, and where they hear from us: it is not the person who died."
        )
    doubtful = bool(proof)
    if consent not in (None, Purpose.MARKETING) and doubtful:
        raise StepRefused(
            "Make sure first that it is them: only what is sent for marketing stops at anybody's word [LAW-1.15]."
        )
    if consent is not None:
        said = f"In their own words: {words.strip()}"
        take_back(subject, consent, how=_HOW[route], said_on=received_on, proof=said, by=by, at=at)
    if Asked.RESTRICTION in asked and not doubtful:
        restrict(subject, by=by, at=at)
    stops = purpose if Asked.OBJECTION in asked and (not doubtful or purpose is Purpose.MARKETING) else None
    if stops is not None:
        object_to(subject, stops, by=by, at=at)
    message, made = uuid4(), []
    for each in Asked:  # in the order of the list, each right once
        if each not in asked:
            continue
        waiting = cases.undecided_erasure(subject) if each is Asked.ERASURE else None
        if waiting is not None:
            made.append(waiting)  # what a person asks for twice is one case, with the first day (LAW-1.4)
            row = RightsCase.objects.only("id", "subject", "right", "received_on", "state").get(pk=waiting)
            _ask_again(row, words, on=received_on, at=at)
            continue
        made.append(
            _write_case(
                subject,
                each,
                at=at,
                words=words,
                route=route,
                received_on=received_on,
                message=message,
                asked_by=asked_by,
                reply_to=reply_to or _where_to_tell(subject, each, at=at),
            )
        )
    sure: list[RightsCase] = []
    unproven: list[RightsCase] = []
    for case in made:
        row = RightsCase.objects.only("id", "subject", "right", "received_on", "due_on", "state").get(pk=case)
        if row.right == Asked.OBJECTION and stops is not None:
            _name_use(row, stops, at=at)
        # Of a case that waited already, proof may have been asked for, or they were signed in when they asked: the rest goes on.
        if not doubtful or row.right == Asked.COMPLAINT or _why_not_ask(case, Waits.IDENTITY, at=at):
            sure.append(row)
        else:
            unproven.append(row)
    _confirm(sure, stops=stops, restricted=not doubtful, by_post=by_post, by=by, at=at)
    # That letter is the receipt: two at once would name two days by which we answer. What is asked for a person is one letter,
    # and whoever asks for the records of somebody who died is another person.
    for of_dead in (False, True):
        asking = [row.pk for row in unproven if (row.right == Asked.DECEASED) is of_dead]
        if asking:
            ask_for(
                asking[0],
                Waits.IDENTITY,
                proof=proof,
                use=purpose,
                by_post=by_post,
                besides=asking[1:],
                by=by,
                at=at,
            )
    return made


def _where_to_tell(subject: UUID, asked: Asked, *, at: datetime) -> dict[str, str]:
    """
    Where whoever has no account hears how their erasure ended, as it takes the address that we have (LAW-1.1). The case lets go of
    it with the letter.
    """
    if asked is not Asked.ERASURE or has_account(subject):
        return {}
    found = address_of(subject, at=at)
    return {"email": found} if found else {}


@act(Event.CASE_TAKEN_IN, purpose=Purpose.RIGHTS)
def take_in_from_stranger(
    asked: Collection[Asked],
    *,
    name: str,
    email: str = "",
    address: str = "",
    words: str,
    route: Route,
    received_on: date,
    by: Actor,
    at: datetime,
) -> list[UUID]:
    """
    Take in what somebody asks whom we do not know, or do not know yet: who they are stands with the words, under a record of their
    own (LAW-1.19, LAW-2.2).

    :raises StepRefused: nothing was asked, or there is no way to answer.
    """
    if not asked or not words.strip():
        raise StepRefused("Write what they ask for.")
    if not (email.strip() or address.strip()):
        raise StepRefused("Give an email address or a postal address: otherwise nobody can answer.")
    if received_on > timezone.localdate(at):
        raise StepRefused("That day is still to come.")
    made = new_subject(SubjectKind.ENQUIRER)
    writer = actors.service("rights-intake", on_behalf_of=by.id)
    return _write_strangers(
        made.id,
        asked,
        words=words,
        route=route,
        received_on=received_on,
        reply_to={"name": name.strip(), "email": email.strip(), "address": address.strip()},
        by=writer,
        at=at,
    )


@act(Event.CASE_OPENED, purpose=Purpose.RIGHTS)
def _write_strangers(
    subject: UUID,
    asked: Collection[Asked],
    *,
    words: str,
    route: Route,
    received_on: date,
    reply_to: dict[str, str],
    by: Actor,
    at: datetime,
) -> list[UUID]:
    message, made = uuid4(), []
    for each in Asked:
        if each in asked:
            case = _write_case(
                subject,
                each,
                at=at,
                words=words,
                route=route,
                received_on=received_on,
                message=message,
                reply_to=reply_to,
            )
            made.append(
                RightsCase.objects.only("id", "subject", "right", "received_on", "due_on", "state").get(pk=case)
            )
    _confirm(made, by_post=not reply_to["email"], by=by, at=at)
    return [row.pk for row in made]


def _confirm(
    rows: list[RightsCase],
    *,
    stops: Purpose | None = None,
    restricted: bool = False,
    by_post: bool,
    by: Actor,
    at: datetime,
) -> None:
    """
    Write the receipt of a message, one for all that came in it on that day, which says what has stopped already. A complaint is
    acknowledged by an email saying it is looked into; on paper by an officer (LAW-2.5). Whoever asks for the records of somebody
    who died is another person.
    """
    together: dict[tuple[bool, date], list[RightsCase]] = {}
    for row in rows:
        if row.right != Asked.COMPLAINT:
            together.setdefault((row.right == Asked.DECEASED, row.received_on), []).append(row)
        elif not by_post:
            letter = _compose_for(row.pk, LetterKind.ACKNOWLEDGEMENT, at=at)
            if message := _email(row, letter, by=by, at=at):
                _add(row, StepKind.ACKNOWLEDGED, at=at)
                detail = {"letter": letter.kind.value, **_went(message)}
                _add(row, StepKind.LETTER, at=at, words=letter.text, detail=detail)
    for first, *besides in together.values():
        asked = {each.right for each in (first, *besides)}
        use = _title(stops, at) if stops is not None and Asked.OBJECTION in asked else ""
        stopped = bool(use) or (restricted and Asked.RESTRICTION in asked)
        letter = _compose_for(first.pk, LetterKind.RECEIPT, stopped=stopped, use=use, besides=besides, at=at)
        _send(first, letter, by_post=by_post, besides=besides, by=by, at=at)


# Who writes it down is chosen inside, so these are no acts themselves, as a public function of this room would be.
take_in = _take_in
take_in_from_representative = _take_in_from_representative
