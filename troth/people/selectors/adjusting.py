"""What is arranged for people at their visits, for whoever arranges or receives."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from troth.gate.contexts import Opened
from troth.notice.register import REPRESENTATIVE, SELF, Register
from troth.people.models import Adjusted, Adjustment
from troth.people.rules import ADJUSTING, say_adjustments
from troth.vault.categories import Category


@dataclass(frozen=True)
class Adjustments:
    """What to arrange for one person: the codes, the language of an interpreter or "", both in words, and by what it is known."""

    wanted: tuple[Adjustment, ...]
    language: str
    mark: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Each in words, such as `a way and a room without steps`."""
        return say_adjustments([(each.value, each.words) for each in self.wanted], self.language)

    @property
    def said(self) -> str:
        """All in one sentence without its full stop, or "" where nothing is to be arranged."""
        words = "; ".join(self.words)
        return words[:1].upper() + words[1:]


_ASKED = {
    "Coming and being comfortable": "step_free wheelchair couch dog quiet longer",
    "Hearing, seeing and being understood": "interpreter sign_language lipspeaker facing loop guide",
    "Who is in the room": "chaperone supporter",
    "How we write": "large_print easy_read braille audio written",
}
#: As a form asks for them: a question, and what answers it as code and words.
ASKED = tuple(
    (question, tuple((code, Adjustment(code).words) for code in codes.split())) for question, codes in _ASKED.items()
)
NOTHING = Adjustments((), "")


def takes_adjustments(register: Register | None) -> bool:
    """Whether the notice says that the clinic keeps what is to be arranged: where it does not, nobody is asked for it."""
    return register is not None and any(
        purpose in register.purposes and Category.ADJUSTMENTS in register.purposes[purpose].categories
        for purpose in ADJUSTING
    )


def adjustments_of(subjects: Iterable[UUID], opened: Opened) -> dict[UUID, Adjustments]:
    """
    What to arrange for these people, of those who said something and of whom this context may open it: the others are left out. As
    many queries for fifty as for five. Where its purpose, or the viewer's role, covers none of it nobody is asked about: it is no
    attempt on anything that a page which others read too has a place for it.
    """
    if not covers_adjustments(opened):
        return {}
    admitted = opened.admit(list(dict.fromkeys(subjects)), Category.ADJUSTMENTS).admitted
    found = {row.subject_id: _adjustments(row) for row in Adjusted.objects.filter(subject_id__in=admitted)}
    return {subject: each for subject, each in found.items() if each.wanted}


def get_adjustments(subject: UUID, opened: Opened) -> Adjustments:
    """
    What to arrange for one person.

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.ADJUSTMENTS)
    row = Adjusted.objects.filter(subject_id=subject).first()
    return NOTHING if row is None else _adjustments(row)


def adjustments_in_words(row: Adjusted) -> str:
    """The same of an opened row, for the person's own data."""
    return _adjustments(row).said


def covers_adjustments(opened: Opened) -> bool:
    """Whether this context, by its purpose and the viewer's role, opens what is to be arranged for anybody at all."""
    access = opened.declared.access if opened.declared else {}
    names = opened.by.roles or {SELF, REPRESENTATIVE}
    return any(name in access and access[name].allows(opened.action, Category.ADJUSTMENTS) for name in names)


def _adjustments(row: Adjusted) -> Adjustments:
    kept = set(row.wanted or ())
    return Adjustments(tuple(each for each in Adjustment if each.value in kept), row.language or "", row.pk.hex)
