"""Checking the whole ledger and taking it out: the worker's check with its progress, checkpoints, and exports for a period."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from troth.copies import checkpoints, destinations
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Row
from troth.gate import watching
from troth.law.calendar import LONDON
from troth.ledger import checking, proving, streams
from troth.ledger import selectors as ledger
from troth.ledger.check_export import Head
from troth.ledger.checking import Checked
from troth.ledger.names import Event
from troth.ledger.proving import NotSealed
from troth.notice.purposes import Action
from troth.office.forms.ledger import ExportForm
from troth.office.frame import Looking, counted, looking, moment, show
from troth.people import selectors as people
from troth.work.jobs import check_ledger


def check(request: HttpRequest) -> HttpResponse:
    """The last checks, the newest checkpoint and where it went; asking for a check puts it to the worker."""
    look = looking(request)
    running = checking.waiting()
    if request.method == "POST":
        if running is None:
            watching.note(Event.LEDGER_CHECKED, by=look.actor, at=look.at)
            with transaction.atomic():
                asked = checking.ask(by=look.id.hex, at=look.at)
                check_ledger.using(asker=look.id).enqueue(check=asked)
        return redirect("office_check")
    done = checking.latest()
    return show(
        request,
        "ledger/check",
        running=running,
        words=_progress(running, look) if running else "",
        last=done[0] if done else None,
        last_words=_last(done[0]) if done else "",
        earlier=_earlier(done) if done else None,
        head=_head(),
        places=_places(),
        key=proving.public_key(),
    )


def export(request: HttpRequest) -> HttpResponseBase:
    """Events of a period as a stream: an act of its own in the ledger, with its reason, before the first line leaves."""
    look = looking(request)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return show(request, "ledger/export", form=form, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    since = datetime.combine(said["since"], time(0), LONDON)
    until = datetime.combine(said["until"] + timedelta(days=1), time(0), LONDON)
    _, media_type, ending = streams.FORMATS[said["form"]]
    watching.note(
        Event.LEDGER_EXPORTED,
        by=look.actor,
        at=look.at,
        action=Action.EXPORT,
        reason=said["reason"],
        objects=f"ledger.export/{said['form']}/{said['since']:%Y%m%d}-{said['until']:%Y%m%d}",
    )
    response = StreamingHttpResponse(_encoded(streams.lines(said["form"], since, until)), content_type=media_type)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="ledger-{said["since"]:%Y%m%d}-{said["until"]:%Y%m%d}.{ending}"'
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield line.encode()


def _progress(running: Checked, look: Looking) -> str:
    if running.started_at is None:
        return "Waiting for the worker"
    if not running.of:
        return "Begun just now"
    spent = (look.at - running.started_at).total_seconds()
    left = round(spent * (running.of - running.done) / running.done) if running.done and spent > 0 else 0
    estimate = f", about {left} seconds more" if left > 1 else ""
    return f"{running.done:,} of {running.of:,} events{estimate}"


def _last(done: Checked) -> str:
    assert done.finished_at is not None
    took = (
        "in under a second"
        if done.took_s == 0
        else f"in {done.took_s // 60} min {done.took_s % 60} s"
        if done.took_s >= 60
        else f"in {done.took_s} s"
    )
    found = f"{counted(done.events, 'event')}, {counted(done.checkpoints, 'checkpoint')}"
    return f"Checked {moment(done.finished_at)}, {took}: {found}."


def _earlier(done: list[Checked]) -> Table:
    columns = (
        Column("When", "name"),
        Column("Asked by", word="Asked by"),
        Column("Events", "number", word="Events"),
        Column("Answer"),
    )
    lines = []
    for each in done:
        assert each.finished_at is not None
        lines.append(
            Line(
                (
                    Cell(
                        moment(each.finished_at), small=f"root {each.root[:8]}…{each.root[-8:]}" if each.root else ""
                    ),
                    Cell(_asker(each.asked_by)),
                    Cell(f"{each.events:,}"),
                    Cell("It holds", coin="joined")
                    if each.holds
                    else Cell(
                        "It does not hold", coin="parted", alarm=True, small=each.findings[0] if each.findings else ""
                    ),
                )
            )
        )
    return Table("Checks of the whole ledger", columns, tuple(lines))


def _asker(asked_by: str) -> str:
    return people.staff_name(UUID(asked_by)) if len(asked_by) == 32 else "The clock, every night"


def _head() -> list[Row]:
    try:
        note = proving.latest_checkpoint()
    except NotSealed:
        return []
    head = Head.parse(note)
    waiting = ledger.count_waiting()
    return [
        Row(
            "Events under it",
            f"{head.size:,}",
            f"{counted(waiting, 'event')} newer, not sealed yet" if waiting else "",
        ),
        Row("Root", head.root.hex(), mono=True),
        Row("Signed", moment(datetime.fromisoformat(head.at))),
    ]


def _places() -> Table:
    """Where each checkpoint is laid down, and the newest that lies there."""
    lines = [
        Line(
            (
                Cell("Public page", href="/checkpoint/", small="Anybody can keep a copy"),
                Cell("Always the newest"),
                Cell("There", coin="joined"),
            )
        )
    ]
    for number, folder in enumerate(destinations.list_destinations(), start=1):
        known = checkpoints.newest_in(folder)
        lines.append(
            Line(
                (
                    Cell(f"Backup destination {number}", small="Beside the disposal journal"),
                    Cell(
                        f"{known.head.size:,} events, {moment(datetime.fromisoformat(known.head.at))}"
                        if known
                        else "None"
                    ),
                    Cell("There", coin="joined") if known else Cell("Nothing there", coin="slipped", alarm=True),
                )
            )
        )
    columns = (Column("Where", "name"), Column("Newest there", word="Newest"), Column("State"))
    return Table("Where checkpoints went", columns, tuple(lines))
