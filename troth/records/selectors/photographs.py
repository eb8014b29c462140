"""Photographs of a person, in the order in which they were taken. Call these in a context of photography."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from troth.gate import facts
from troth.gate.contexts import Opened
from troth.gate.facts import FactKind
from troth.gate.refusals import nothing_there
from troth.law.calendar import LONDON
from troth.notice.purposes import Purpose
from troth.records.models.photographs import Photograph
from troth.records.models.photographs import Stage as Stage
from troth.vault.categories import Category
from troth.vault.files import StoredFile


@dataclass(frozen=True)
class PhotographLine:
    """A photograph as a page names it. Its content comes from `open_photograph`."""

    id: UUID
    subject: UUID
    stage: Stage
    part: str
    taken_on: date


def list_photographs(subject: UUID, opened: Opened) -> list[PhotographLine]:
    """
    Every photograph of a person, the newest first.

    :raises Refused: they did not agree, or the viewer may not see them.
    """
    opened.require(subject, Category.PHOTOGRAPH)
    rows = [_line(row) for row in Photograph.objects.where("-recorded_at", subject_id=subject)]
    return sorted(rows, key=lambda line: line.taken_on, reverse=True)


def open_photograph(photograph: UUID, opened: Opened, *, small: bool) -> StoredFile:
    """
    What `gate.streams.send_file` sends, whole or small.

    :raises Refused: it may not be seen, or there is none: both are answered alike.
    """
    row = Photograph.objects.filter(pk=photograph).first()
    opened.require(row.subject_id if row else photograph, Category.PHOTOGRAPH)
    if row is None:
        raise nothing_there()
    stored: StoredFile = row.small if small else row.file
    return stored


def _line(row: Photograph) -> PhotographLine:
    return PhotographLine(row.pk, row.subject_id, row.stage, row.part, row.taken_on)


def taken_back_on(subject: UUID) -> dict[str, date]:
    """
    Every photograph of whoever took back their consent and gave it not again, in hexadecimal, with the day. It opens nothing. A
    consent that ended with its person's death was not taken back: the photographs are kept as the card is.
    """
    known = facts.about([subject])[subject.hex]
    died = {fact.since for fact in known if fact.kind == FactKind.DIED}
    said = [
        fact
        for fact in known
        if fact.kind == FactKind.CONSENT and fact.purpose == Purpose.PHOTOGRAPHY.value and fact.sound
    ]
    ended = [at for fact in said if (at := fact.ended_at()) is not None and fact.ended not in died]
    if not ended or len(ended) < len(said):
        return {}
    rows = Photograph.objects.filter(subject_id=subject).values_list("pk", flat=True)
    return {row.hex: max(ended).astimezone(LONDON).date() for row in rows}
