"""A letter for somebody who has no account here: read by a link that opens it alone, for thirty days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from troth.gate import actors, linking
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.people.selectors.tickets import open_ticket, seal_ticket
from troth.rights.models import Asked, CaseStep, StepKind
from troth.rights.selectors import clocks
from troth.vault.categories import Category

LASTS = timedelta(days=30)
_LINK = "rights.letter"


@dataclass(frozen=True)
class Posted:
    """One letter, as it was sent."""

    reference: str
    on: date
    title: str
    paragraphs: tuple[str, ...]


def letter_link(case: UUID, step: UUID, *, at: datetime) -> str:
    """The address at which a letter is read without an account."""
    ticket = seal_ticket(_LINK, {"case": case.hex, "step": step.hex}, at=at, lasts=LASTS)
    return f"{settings.TROTH_SITE}/letter/{ticket}/"


def is_letter_link(token: str, *, at: datetime) -> bool:
    """Whether a link is one of ours to a letter, and not over. Nothing is opened."""
    return open_ticket(_LINK, token, at=at) is not None


def read_letter(token: str, *, at: datetime) -> Posted | None:
    """The letter that a link opens; None when it is over, not of our making, or the letter is gone."""
    said = open_ticket(_LINK, token, at=at)
    if said is None:
        return None
    with processing(Purpose.RIGHTS, Action.READ, by=actors.service("rights-letters"), at=at) as opened:
        row = CaseStep.objects.filter(pk=UUID(said["step"]), case_id=UUID(said["case"]), kind=StepKind.LETTER).first()
        if row is None:
            return None
        if row.case.right != Asked.DECEASED and linking.has_died(row.subject_id, at=at):
            return None  # it was for them alone
        opened.require(row.subject_id, Category.RIGHTS)
        title, *paragraphs = (row.words or "").split("\n\n")
        return Posted(clocks.reference_of(row.case_id), row.on, title, tuple(paragraphs))
