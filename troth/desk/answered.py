"""What whoever decides and whoever checks read alike: answers with what stood there before, and reactions to what was supplied."""

from collections.abc import Iterable

from django.utils import timezone

from troth.design.values import Row
from troth.intake.selectors import Line, Otherwise
from troth.prescribing.selectors.reacting import ReactionOpened


def answer_row(line: Line) -> Row:
    """One answer; of a changed one all that was answered, each with its time, and whether a rule had stopped them before."""
    if not line.changed:
        return Row(line.item.text, line.words)
    told = "; ".join(f"{timezone.localtime(each.at):%-d %b %H:%M}: {each.words}" for each in line.earlier)
    return Row(
        line.item.text,
        line.words,
        note=f"{'Changed after a rule stopped them. ' if line.changed_after_stop else 'Changed. '}{told}",
        flagged=line.changed_after_stop,
    )


def otherwise_row(found: Otherwise) -> Row:
    """One question that was answered otherwise before; flagged where that was in a questionnaire that they left unsent."""
    told = "; ".join(
        f"{timezone.localtime(given.at):%-d %b %Y}{'' if sent else ', never sent'}: {given.words}"
        for given, sent in found.before
    )
    return Row(found.item.text, found.words, note=told, flagged=not all(sent for _, sent in found.before))


def pictures_in(lines: Iterable[Line]) -> list[Line]:
    """The answers that are pictures, so that whoever checks sees what whoever decided saw."""
    return [each for each in lines if each.item.type == "attachment" and each.value]


def reaction_row(found: ReactionOpened) -> Row:
    """One suspected reaction, to whichever supply; flagged where it was serious, or nobody has looked at it yet."""
    said = [found.medicine, found.state.words.capitalize(), *(each.words for each in found.serious)]
    return Row(
        f"{timezone.localtime(found.reported_at):%-d %B %Y}",
        found.what,
        note=". ".join([*said, *([f"Found: {found.assessment}"] if found.assessment else [])]),
        flagged=bool(found.serious) or found.reviewed_at is None,
    )
