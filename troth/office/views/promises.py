"""Promises: the wall of all of them, the same as a table, one promise with its evidence and history, and looking now."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.assurance import services
from troth.assurance.jobs import look_now
from troth.assurance.rules.catalogue import Promised
from troth.assurance.selectors import board
from troth.assurance.selectors.board import Board, ProofKind, Standing, Status
from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import CoinState, Entry, Figure, Item, Kept, Link, Paging, Row
from troth.office.forms.promises import ProofForm, SearchForm
from troth.office.frame import counted, day, looking, moment, number_in, show

PAGE = 50
TOLD = "Promises and counts: no record opens here."
COINS: dict[Status, CoinState] = {
    Status.HOLDS: "joined",
    Status.CORRECTED: "joined",
    Status.FALLS_SHORT: "slipped",
    Status.ORGANISATIONAL: "waiting",
    Status.UNLAWFUL: "parted",
    Status.MISSING: "running",
}
#: What stands under each number, in the order of the wall's counts.
COUNTED: dict[Status, str] = {
    Status.HOLDS: "hold",
    Status.CORRECTED: "kept as corrected",
    Status.FALLS_SHORT: "fell short",
    Status.ORGANISATIONAL: "kept by people",
    Status.UNLAWFUL: "not made: the law forbids it",
    Status.MISSING: "not built yet",
}


@require_http_methods(["GET", "HEAD"])
def wall(request: HttpRequest) -> HttpResponse:
    """Show one coin for each promise in the order of the notice, what slipped, and the same as a table."""
    running = board.running_look(settings.TROTH_PACK, at=looking(request).at)
    if running is None and request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})  # what asked every second is done: the whole page is new
    found = board.board_of(settings.TROTH_PACK)
    as_table = request.GET.get("view") == "table"
    values: dict[str, Any] = {"found": found, "as_table": as_table, "switch": _switch(as_table)}
    if running is not None:
        words = f"{running.done} of {running.of} promises" if running.of else "Waiting for the worker"
        values |= {"running": running, "words": words}
    if found is not None:
        looks = {look["check"] for each in found.standings for look in each.evidence["looks"]}
        values |= {
            "figures": _figures(found),
            "checked": _checked(found.run.at, looking(request).at),
            "by": f"{counted(len(looks), 'live check')} in {max(1, round(found.run.took_ms / 1000))} s",
            "coins": [_coin(each) for each in found.standings],
            # Past a hundred coins with one press, for whoever goes by the Tab key.
            "jump": [Link("What fell short", "#slipped")],
            "slipped": [_slipped(each) for each in found.slipped],
            "legend": [(COINS[status], status.label) for status in Status if found.counts[status]],
        }
        if as_table:
            values |= _table(request, found)
    return show(request, "promises/wall", told=TOLD, **values)


@require_http_methods(["POST"])
def check_now(request: HttpRequest) -> HttpResponse:
    """Put it to the worker to look at every promise now, but for what only the clock asks. The wall shows how far it is."""
    look = looking(request)
    try:
        with transaction.atomic():
            asked = services.ask_look(settings.TROTH_PACK, by=look.actor, at=look.at)
            look_now.using(asker=look.id).enqueue(asked=asked)
    except services.AskedAlready:
        pass  # the wall says how far that one is
    return redirect("office_promises")


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, promise: str) -> HttpResponse:
    """Show one promise: its words, what keeps it, what was looked at, and how it stood over time. Record a proof of one."""
    known = _known(promise)
    look = looking(request)
    form = ProofForm(request.POST if request.method == "POST" else None) if known.keeping == "people" else None
    if form is not None and form.is_valid():
        given = form.cleaned_data
        try:
            services.record_proof(
                known,
                seen_on=given["seen_on"],
                kind=ProofKind(given["kind"]),
                paper=given["paper"],
                by=look.actor,
                at=look.at,
            )
        except services.ProofRefused as refused:
            form.add_error("seen_on" if "day" in str(refused) else "paper", str(refused))
        else:
            return done("office_promise", "proof-recorded", promise=known.id)
    found = board.board_of(settings.TROTH_PACK)
    standing = next((each for each in found.standings if each.promise.id == known.id), None) if found else None
    before, after = _neighbours(found, known)
    return show(
        request,
        "promises/one",
        told=TOLD,
        status=422 if form is not None and form.is_bound else 200,
        promise=known,
        standing=standing,
        coin=COINS[standing.status] if standing else None,
        rows=_rows(known, standing),
        looks=_looks(standing) if standing else None,
        history=[_turn(turn) for turn in board.history_of(known.id)],
        proofs=_proofs(known),
        form=form,
        before=before,
        after=after,
    )


def _known(promise: str) -> Promised:
    try:
        known = board.get_promise(promise)
    except LookupError:
        raise Http404 from None
    if known.pack != settings.TROTH_PACK:
        raise Http404
    return known


def _figures(found: Board) -> list[Figure]:
    counts = found.counts
    return [
        Figure(
            str(counts[status]),
            words,
            risk="Listed below" if status is Status.FALLS_SHORT and counts[status] else "",
            kind="close" if status is Status.FALLS_SHORT and counts[status] else "plain",
        )
        for status, words in COUNTED.items()
    ]


def _checked(at: datetime, now: datetime) -> str:
    on, today = timezone.localtime(at), timezone.localtime(now)
    return f"Checked today at {on:%H:%M}" if on.date() == today.date() else f"Checked on {moment(at)}"


def _coin(each: Standing) -> tuple[CoinState, str, str]:
    return (
        COINS[each.status],
        f"{each.promise.section} {each.promise.says}: {each.status.label}",
        reverse("office_promise", args=[each.promise.id]),
    )


def _slipped(each: Standing) -> Kept:
    since = f", since {day(timezone.localdate(each.since))}" if each.since else ""
    return Kept(
        each.promise.says,
        "slipped",
        f"{each.evidence['words']}. {each.promise.control.owner} has it{since}.",
        Link(each.promise.section, reverse("office_promise", args=[each.promise.id]), f"about: {each.promise.says}"),
        "Fell short",
    )


def _switch(as_table: bool) -> list[Item]:
    path = reverse("office_promises")
    return [Item("Wall", path, current=not as_table), Item("Table", f"{path}?view=table", current=as_table)]


def _table(request: HttpRequest, found: Board) -> dict[str, Any]:
    """The promises as a table: of one state or all, those with some words, fifty on a page."""
    wanted, words = request.GET.get("status", ""), request.GET.get("words", "").strip()[:60]
    chosen = [
        each
        for each in found.standings
        if wanted in ("", each.status.value)
        and words.casefold() in f"{each.promise.id} {each.promise.says} {each.evidence['words']}".casefold()
    ]
    start = min(number_in(request.GET.get("from", "")), max(len(chosen) - 1, 0)) // PAGE * PAGE
    some = chosen[start : start + PAGE]

    def path(**more: str) -> str:
        asked = {"view": "table", "status": wanted, "words": words} | more
        return f"{reverse('office_promises')}?{urlencode({name: value for name, value in asked.items() if value})}"

    columns = (
        Column("Promise", "name"),
        Column("Number", "figures", word="Number"),
        Column("State", word="State"),
        Column("What was found", word="Found"),
        Column("Owner", word="Owner"),
    )
    lines = tuple(
        Line(
            (
                Cell(each.promise.says, href=reverse("office_promise", args=[each.promise.id])),
                Cell(each.promise.section),
                Cell(each.status.label, coin=COINS[each.status]),
                Cell(each.evidence["words"]),
                Cell(each.promise.control.owner),
            )
        )
        for each in some
    )
    return {
        "table": Table("Promises in the order of the notice", columns, lines),
        "paging": Paging(
            start + 1,
            start + len(some),
            len(chosen),
            path(**{"from": str(start - PAGE)}) if start >= PAGE else "",
            path(**{"from": str(start + PAGE)}) if start + PAGE < len(chosen) else "",
        ),
        "states": [Item("All", path(status=""), current=not wanted, count=len(found.standings))]
        + [
            Item(status.label, path(status=status.value), current=wanted == status.value, count=many)
            for status, many in found.counts.items()
            if many
        ],
        "search": SearchForm(initial={"words": words}),
        "wanted": wanted,
    }


def _rows(known: Promised, standing: Standing | None) -> list[Row]:
    rows = [Row("Number in the notice", known.section, known.kind.replace("-", " "))]
    if standing is not None:
        since = f"Since {moment(standing.since)}" if standing.since else ""
        rows.append(Row("State", standing.status.label, since))
        rows.append(
            Row(
                "What was found",
                standing.evidence["words"],
                f"Looked at on {_stored_moment(standing.evidence['at'])}",
            )
        )
    elif known.because:
        rows.append(Row("Why", known.because))
    rows.append(
        Row(
            "Kept by",
            known.control.name,
            f"Lives in {known.control.lives}" if known.control.built else f"To be built: {known.control.lives}",
        )
    )
    rows.append(Row("Shown as evidence", known.control.shows[:1].upper() + known.control.shows[1:]))
    rows.append(
        Row(
            "Owner",
            known.control.owner,
            f"Proved every {counted(known.every_months, 'month')}" if known.every_months else "",
        )
    )
    if known.faults:
        rows.append(Row("Faults of the surveyed words", ", ".join(known.faults), "codes of the notice’s linter"))
    return rows


def _looks(standing: Standing) -> Table | None:
    looks = standing.evidence["looks"]
    if not looks:
        return None
    columns = (
        Column("What was looked at", "name"),
        Column("What was found", word="Found"),
        Column("Counts", word="Counts"),
    )
    lines = tuple(
        Line(
            (
                Cell(_sentence(look["looked_at"]), small=look["check"], href=_path(look["page"])),
                Cell(
                    look["words"],
                    coin="joined" if look["holds"] else "slipped",
                    small=look["failed_at"] and f"Stopped at {look['failed_at']}",
                ),
                Cell(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in look["counts"].items())),
            )
        )
        for look in looks
    )
    return Table("Evidence of the last look", columns, lines)


def _turn(turn: board.Turn) -> Entry:
    looks = f"{counted(turn.looks, 'look')}, the last on {moment(turn.last)}" if turn.looks > 1 else "1 look"
    return Entry(
        f"From {moment(turn.first)}",
        f"{turn.status.label}. {turn.words}",
        looks,
        "ended" if turn.status is Status.FALLS_SHORT else "past",
    )


def _proofs(known: Promised) -> Table | None:
    found = board.proofs_of(known.id)
    if known.keeping != "people" or not found:
        return None
    columns = (
        Column("Seen on", "name"),
        Column("How", word="How"),
        Column("Paper", word="Paper"),
        Column("Recorded", word="Recorded"),
    )
    return Table(
        "Proofs, the newest first",
        columns,
        tuple(
            Line(
                (
                    Cell(day(each.seen_on)),
                    Cell(each.kind),
                    Cell(each.paper, mono=True),
                    Cell(moment(each.recorded_at)),
                )
            )
            for each in found
        ),
    )


def _neighbours(found: Board | None, known: Promised) -> tuple[Link | None, Link | None]:
    ids = [each.promise.id for each in found.standings] if found else []
    if known.id not in ids:
        return None, None
    place = ids.index(known.id)

    def link(at: int, words: str) -> Link | None:
        return Link(words, reverse("office_promise", args=[ids[at]])) if 0 <= at < len(ids) else None

    return link(place - 1, "The one before"), link(place + 1, "The next one")


def _stored_moment(text: str) -> str:
    return moment(datetime.fromisoformat(text))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _path(name: str) -> str:
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
