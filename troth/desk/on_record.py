"""What a person's card says, as it stands beside a request that is decided: a prescriber decides on more than its answers."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from troth.design.values import Alert, Link, Row
from troth.desk import papers
from troth.records.selectors import (
    AllergyLine,
    FileLine,
    Line,
    MeasurementLine,
    MedicineLine,
    NoteLine,
    NoteStatus,
    Shown,
    Withheld,
)

#: Of what grows with the years only the newest stand here, and the card has the rest.
NEWEST = 5


def on_record(sections: Iterable[Shown | Withheld]) -> tuple[list[Row], list[Alert]]:
    """The rows of a card in short, and its alerts: allergies, medicines, the last of each measurement, newest notes and files."""
    shown = list(sections)
    lines = [line for section in shown if isinstance(section, Shown) for line in section.rows]
    rows = [
        *(_allergy(line) for line in lines if isinstance(line, AllergyLine)),
        *(_medicine(line) for line in lines if isinstance(line, MedicineLine)),
        *(_measurement(line) for line in _last_of_each(lines)),
        *[_note(line) for line in lines if isinstance(line, NoteLine) and line.status is NoteStatus.SIGNED][:NEWEST],
        *[_file(line) for line in lines if isinstance(line, FileLine)][:NEWEST],
    ]
    return rows, papers.alerts(shown)


def _allergy(line: AllergyLine) -> Row:
    said = f"{line.substance}: {line.reaction}" if line.reaction else line.substance
    refuted = line.verification == "refuted"
    return Row(
        "Allergy",
        said,
        note=_known(line.since, line.criticality.words, line.verification.words, line.source.words),
        flagged=not refuted,
    )


def _medicine(line: MedicineLine) -> Row:
    said = f"{line.medicine}, {line.dose}" if line.dose else line.medicine
    return Row("Medicine", said, note=_known(line.since, line.reason, line.source.words))


def _measurement(line: MeasurementLine) -> Row:
    return Row(
        line.measure.words,
        f"{line.value} {line.measure.unit}",
        note=f"{line.taken_on:%-d %B %Y}; {line.source.words}",
    )


def _note(line: NoteLine) -> Row:
    signed = f"Signed on {timezone.localtime(line.signed_at):%-d %B %Y}" if line.signed_at else ""
    added = f"{len(line.additions)} added since" if line.additions else ""
    return Row(line.heading or line.title or "A note", line.text, note=_known(signed, added))


def _file(line: FileLine) -> Row:
    way = Link("Open it", reverse("desk_file", args=[line.recorded.id]))
    return Row("File", line.title, note=f"{papers.FROM[line.source]}, {_on(line)}", link=way)


def _on(line: FileLine) -> str:
    return f"{timezone.localtime(line.recorded.at):%-d %B %Y}"


def _last_of_each(lines: Iterable[Line]) -> list[MeasurementLine]:
    measured = sorted((line for line in lines if isinstance(line, MeasurementLine)), key=lambda line: line.taken_on)
    return list({line.measure: line for line in measured}.values())


def _known(*parts: str) -> str:
    said = "; ".join(part for part in parts if part)
    return f"{said[:1].upper()}{said[1:]}"
