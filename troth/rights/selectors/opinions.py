"""The opinions of health professionals on a copy: whom they were asked of, what they are about, and what was found (LAW-4.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from troth.gate import actors, linking
from troth.gate.actors import Actor
from troth.gate.contexts import Opened, processing
from troth.notice.purposes import Action, Purpose
from troth.notice.register import Register
from troth.rights.models import AccessPack, Asked, HarmOpinion, State
from troth.rights.rules.deceased import is_of_record
from troth.rights.rules.packing import Opinions
from troth.rights.selectors.holdings import HeldThing, everything_about
from troth.vault.categories import Category

#: Who is a health professional here: whoever writes in health records under one of these purposes.
CLINICAL = (Purpose.CARE, Purpose.PRESCRIBING, Purpose.MEDICAL_REPORTING)
NOT_THEIRS = "This opinion was asked of somebody else."


@dataclass(frozen=True)
class Opinion:
    """What a health professional was asked, and found. `findings` by the entry's identifier; `of_dead`: of somebody who died."""

    id: UUID
    case: UUID
    subject: UUID
    asked_of: UUID
    asked_at: datetime
    given_at: datetime | None
    question: str
    findings: dict[str, str]
    words: str
    registration: str
    of_dead: bool


def list_opinions(case: UUID, opened: Opened) -> list[Opinion]:
    """
    What health professionals were asked about a case, the newest first.

    :raises Refused: this context may not open it.
    """
    return [_opinion(row, opened) for row in _opinions().filter(case_id=case).order_by("-recorded_at", "id")]


def weighing(*, by: Actor, at: datetime) -> processing:
    """
    The context in which whoever was asked reads what their opinion is about. It answers a right, and so does not end with the
    agreement that their care of the person rested on; a service has the key, and acts for them.
    """
    return processing(Purpose.RIGHTS, by=actors.service("harm-opinion", on_behalf_of=by.id), at=at)


def get_opinion(opinion: UUID, opened: Opened, *, of: UUID) -> Opinion:
    """
    One that was asked of this member of staff.

    :raises HarmOpinion.DoesNotExist: there is none.
    :raises Refused: this context may not open it.
    """
    return _opinion(_opinions().get(pk=opinion, asked_of=of), opened)


def waiting_opinions(asked_of: UUID) -> list[tuple[UUID, date, bool]]:
    """
    Those that wait for this member of staff: opinion, the day by which the case is due, and whether it is about the record of
    somebody who died. Nothing is opened.
    """
    rows = _waiting(asked_of).select_related("case").order_by("case__due_on")
    return [(row.pk, row.case.due_on, row.case.right == Asked.DECEASED) for row in rows]


def count_opinions(asked_of: UUID) -> int:
    """How many of those wait, for the number beside a word."""
    return _waiting(asked_of).count()


def _waiting(asked_of: UUID) -> "QuerySet[HarmOpinion]":
    return HarmOpinion.objects.filter(asked_of=asked_of, given_at=None).exclude(case__state=State.DONE)


def to_weigh(asked: Opinion, opened: Opened) -> list[HeldThing]:
    """
    What an opinion is about: everything about the person's health in the copy that they do not know yet (LAW-4.3); of somebody who
    died the whole of the record, since whoever asks for it knows none of it (LAW-4.10).

    :raises Refused: this context may not open health data of this person.
    """
    begun = AccessPack.objects.filter(case_id=asked.case).order_by("-as_of").first()
    covered = {category for category in opened.covered() if category.special}
    return [
        thing
        for person in linking.subjects_of(asked.subject, at=opened.at)
        for thing in everything_about(person, opened, before=begun.as_of if begun else opened.at, kinds=covered)
        if (is_of_record(thing.category, thing.compartment) if asked.of_dead else not thing.released)
    ]


def opinions_for(case: UUID, opened: Opened) -> Opinions:
    """The newest finding of each entry of a case, for the rules."""
    found: dict[str, tuple[str, date]] = {}
    for each in reversed(list_opinions(case, opened)):
        if each.given_at is not None:
            day = timezone.localdate(each.given_at)
            found |= {item: (finding, day) for item, finding in each.findings.items()}
    return Opinions(found)


def may_give_opinion(roles: Collection[str], register: Register) -> bool:
    """
    Whether somebody in these roles is a health professional who writes in health records here. Of whoever only writes in them, such
    as an assistant, an opinion would not count: the law names those who stand on a register (LAW-4.5).
    """
    return any(
        role in register.roles
        and register.roles[role].health_professional
        and access.allows(Action.WRITE, Category.HEALTH)
        for purpose in CLINICAL
        if (declared := register.purposes.get(purpose)) is not None
        for role, access in declared.access.items()
        if role in roles
    )


def _opinions() -> "QuerySet[HarmOpinion]":
    """Opinions, each with what they are about as `asked`."""
    found: QuerySet[HarmOpinion] = HarmOpinion.objects.annotate(asked=F("case__right"))
    return found


def _opinion(row: Any, opened: Opened) -> Opinion:
    opened.require(row.subject_id, Category.HEALTH)
    return Opinion(
        row.pk,
        row.case_id,
        row.subject_id,
        row.asked_of,
        row.recorded_at,
        row.given_at,
        row.question or "",
        row.findings or {},
        row.words or "",
        row.registration or "",
        row.asked == Asked.DECEASED,
    )
