"""Where data goes: the picture, its table, the same as files, and the record that Article 30 asks for."""

import json
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from troth.design.flows import Band, Box, End, Flow
from troth.design.spreadsheets import as_csv
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Item, Row, Term
from troth.law.bases import Basis, Condition
from troth.ledger import selectors as ledger
from troth.ledger.selectors import Wanted
from troth.notice import datamap
from troth.notice import selectors as notices
from troth.notice.comparison import Change, compare
from troth.notice.datamap import BASIS_WORD, NOBODY_OUTSIDE, DataMap, Use
from troth.office.frame import Looking, counted, day, looking, of_the_notice, show

USED_WITHIN = timedelta(days=30)
HEAD = (
    "Row",
    "Purpose",
    "Basis",
    "Health condition",
    "Rests on",
    "What we hold",
    "Fields",
    "Seen by",
    "Passed to",
    "Kept",
)
#: The colour of each basis; the word beside it says the same.
_KINDS = {
    Basis.CONTRACT.value: "contract",
    Basis.LEGAL_OBLIGATION.value: "duty",
    Basis.CONSENT.value: "consent",
    Basis.LEGITIMATE_INTERESTS.value: "interest",
    Basis.RECOGNISED_LEGITIMATE_INTERESTS.value: "interest",
}
KEY = (
    ("contract", "Contract"),
    ("duty", "Legal duty"),
    ("consent", "Consent, dashed edge"),
    ("interest", "Legitimate interest"),
    ("vital", "Vital interests, public task"),
)


def show_flow(request: HttpRequest) -> HttpResponse:
    """The picture with one purpose chosen, or the table, which says the same."""
    look = looking(request)
    known = _map(look)
    as_table = request.GET.get("view") == "table"
    chosen = known.use(request.GET.get("purpose", "")) or next(
        (use for use in known.uses if not use.of_the_kernel), known.uses[0]
    )
    here = reverse("office_flow")
    return show(
        request,
        "flow/show",
        tabs=of_the_notice("office_flow"),
        known=known,
        in_force=day(known.in_force_at.date()),
        places=len(known.places),
        switch=(
            Item("Picture", f"{here}?purpose={chosen.purpose}", current=not as_table),
            Item("Table", f"{here}?view=table", current=as_table),
        ),
        picture=None if as_table else picture(known, chosen),
        table=_table(known) if as_table else None,
        chosen=chosen,
        detail=_detail(look, known, chosen),
        key=KEY,
        changes=_changes(known.version),
        before=known.version - 1,
    )


def svg(request: HttpRequest) -> HttpResponse:
    """The picture as a file of its own, in black on white."""
    known = _map(looking(request))
    chosen = known.use(request.GET.get("purpose", "")) or known.uses[0]
    drawn = str(picture(known, chosen).svg()).replace(
        "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="14" ', 1
    )
    style = (
        "<style>a{text-decoration:none}.flow-band{fill:#555;opacity:.2}.flow-chosen{opacity:1}"
        ".flow-box rect{fill:#fff;stroke:#000}.flow-picked rect{stroke-width:3}.flow-dashed rect{stroke-dasharray:4 3}"
        ".flow-end{text-anchor:end}.flow-head,.flow-strong{font-weight:700}</style>"
    )
    start = drawn.index(">") + 1
    return _file(drawn[:start] + style + drawn[start:], "image/svg+xml", "data-flow.svg")


def csv(request: HttpRequest) -> HttpResponse:
    """The table as CSV."""
    return _file(as_csv(HEAD, _lines(_map(looking(request)))), "text/csv; charset=utf-8", "data-flow.csv")


def record(request: HttpRequest) -> HttpResponse:
    """The record of processing that a regulator may ask for (LAW-9.1), as a page to read and print."""
    look = looking(request)
    known = _map(look)
    return show(
        request,
        "flow/record",
        tabs=of_the_notice("office_record"),
        known=known,
        in_force=day(known.in_force_at.date()),
        controller=[Row(name.capitalize(), value) for name, value in known.controller.items()],
        officer=[Row(name.capitalize(), str(value)) for name, value in known.officer.items()],
        representative=[Row(name.capitalize(), str(value)) for name, value in known.representative.items()],
        people=[Row(kind.capitalize(), counted(number, "person", "people")) for kind, number in known.people],
        uses=[(use, _record_rows(known, use)) for use in known.uses],
        held=_held_table(known),
        receivers=_receivers_table(known),
    )


def record_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON; `troth datamap --json` prints it too."""
    text = json.dumps(_map(looking(request)).document(), indent=1, ensure_ascii=False) + "\n"
    return _file(text, "application/json", "record-of-processing.json")


def picture(known: DataMap, chosen: Use) -> Flow:
    """The map as a picture: bands as wide as the fields that are stored."""
    into, out, ends = [], [], []
    for use in known.uses:
        kinds = known.kinds_of(use)
        into += [Band(held.category, use.purpose, held.width) for held in kinds]
        passed = [(receiver, those) for receiver, those in known.passed_to(use) if those]
        for receiver, those in passed:
            out.append(Band(use.purpose, receiver.id, sum(held.width for held in those)))
            ends.append(receiver.id)
        if not passed:
            out.append(Band(use.purpose, NOBODY_OUTSIDE, sum(held.width for held in kinds)))
    right = [End(receiver.id, receiver.name) for receiver in known.receivers if receiver.id in ends]
    if any(band.end == NOBODY_OUTSIDE for band in out):
        right.append(End(NOBODY_OUTSIDE, "No one outside", grey=True))
    here = reverse("office_flow")
    return Flow(
        f"Where data goes under notice {known.version}: kinds of data on the left, purposes in the middle, "
        "recipients on the right. "
        f"Chosen: {chosen.title}. The table says the same.",
        ("What we hold", "What it’s for", "Who else gets it"),
        tuple(End(held.category, held.words) for held in known.held),
        tuple(
            Box(
                use.purpose,
                use.title,
                BASIS_WORD[use.basis],
                _KINDS.get(use.basis, "vital"),
                f"{here}?purpose={use.purpose}",
                dashed=use.basis == Basis.CONSENT.value,
            )
            for use in known.uses
        ),
        tuple(right),
        tuple(into),
        tuple(out),
        chosen.purpose,
    )


def _map(look: Looking) -> DataMap:
    try:
        return datamap.map_in_force(look.at)
    except notices.NoNotice:
        raise Http404 from None


def _detail(look: Looking, known: DataMap, use: Use) -> Counterpart:
    since = look.at - USED_WITHIN
    done = ledger.count(Wanted(purpose=use.purpose, since=since)) - (
        refused := ledger.count(Wanted(purpose=use.purpose, outcome="refused", since=since))
    )
    return Counterpart(
        "Chosen purpose",
        terms=tuple(
            term
            for term in (
                Term("Basis", _basis(use)),
                Term("Rests on", use.ground),
                Term("Health condition", _condition(use)),
                Term("What", _what(known, use)),
                Term("Seen by", ", ".join(use.seen_by)),
                Term("Passed to", _passed(known, use)),
                Term("Until", _keeping(use)),
                Term("Used in the last 30 days", counted(done, "event")),
                Term("Refused by the gate", counted(refused, "time") if refused else "Never"),
            )
            if term.value
        ),
    )


def _basis(use: Use) -> str:
    return f"{use.basis.replace('_', ' ').capitalize()}, {use.basis_article.removeprefix('UK GDPR ')}"


def _condition(use: Use) -> str:
    if not use.condition:
        return ""
    return (
        f"{use.condition.replace('_', ' ').capitalize()}, {Condition(use.condition).article.removeprefix('UK GDPR ')}"
    )


def _what(known: DataMap, use: Use) -> str:
    return ", ".join(held.words for held in known.kinds_of(use))


def _passed(known: DataMap, use: Use) -> str:
    return ", ".join(receiver.name for receiver, those in known.passed_to(use) if those) or "No one outside"


def _keeping(use: Use) -> str:
    return "; ".join(dict.fromkeys(words for _, words in use.keeping))


def _lines(known: DataMap) -> list[tuple[str, ...]]:
    return [
        (
            str(use.row),
            use.title,
            _basis(use),
            _condition(use),
            use.ground,
            _what(known, use),
            str(sum(held.fields for held in known.kinds_of(use))),
            ", ".join(use.seen_by),
            _passed(known, use),
            _keeping(use),
        )
        for use in known.uses
    ]


def _table(known: DataMap) -> Table:
    """What the picture draws, row by row."""
    columns = (
        Column("What it’s for", "name"),
        Column("What we hold", word="What"),
        Column("Fields", "number", word="Fields"),
        Column("Seen by", word="Seen by"),
        Column("Who else gets it", word="Who else"),
        Column("Until", word="Until"),
    )
    here = reverse("office_flow")
    return Table(
        "Where data goes",
        columns,
        tuple(
            Line(
                (
                    Cell(
                        title,
                        small=f"{basis}{'; ' + condition if condition else ''}",
                        href=f"{here}?purpose={use.purpose}",
                    ),
                    Cell(what),
                    Cell(fields),
                    Cell(seen),
                    Cell(passed),
                    Cell(keeping),
                )
            )
            for use, (_, title, basis, condition, _, what, fields, seen, passed, keeping) in zip(
                known.uses, _lines(known), strict=True
            )
        ),
    )


def _record_rows(known: DataMap, use: Use) -> list[Row]:
    rows = (
        Row("Basis", _basis(use), use.ground),
        Row("Condition for health data", _condition(use)),
        Row("Kinds of data", _what(known, use)),
        Row("Seen by", ", ".join(use.seen_by)),
        Row("Passed to", _passed(known, use)),
        Row("Kept", _keeping(use), "The rule is followed by the keys: each kind lies under keys of its own"),
    )
    return [row for row in rows if row.value]


def _held_table(known: DataMap) -> Table:
    columns = (
        Column("Kind of data", "name"),
        Column("Pieces"),
        Column("Stored in", word="Stored in"),
        Column("Fields", "number", word="Fields"),
    )
    return Table(
        "What is held",
        columns,
        tuple(
            Line(
                (
                    Cell(held.words, small="Special category" if held.special else ""),
                    Cell(", ".join(held.pieces)),
                    Cell(
                        ", ".join(
                            dict.fromkeys(place.called for place in known.places if place.category == held.category)
                        )
                        or "Declared, not stored yet"
                    ),
                    Cell(str(held.fields)),
                )
            )
            for held in known.held
        ),
    )


def _receivers_table(known: DataMap) -> Table:
    words = {held.category: held.words for held in known.held}
    columns = (
        Column("Recipient", "name"),
        Column("Receives"),
        Column("Where", word="Where"),
        Column("Contract", word="Contract"),
    )
    return Table(
        "Who else gets data",
        columns,
        tuple(
            Line(
                (
                    Cell(receiver.name, small=receiver.kind),
                    Cell(", ".join(words[each] for each in receiver.gets if each in words)),
                    Cell(receiver.country, small=", ".join(receiver.safeguards)),
                    Cell(receiver.contract or "None named"),
                )
            )
            for receiver in known.receivers
        ),
    )


def _changes(version: int) -> list[Change]:
    if version < 2:
        return []
    before, after = (notices.notice_of(notices.get_version(number)) for number in (version - 1, version))
    return compare(before, after)[:8]


def _file(text: str, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
