"""Supplies: the pharmacist's own check, sending, coming back; and the prescriber's answers and follow-up."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Row
from troth.desk import papers
from troth.desk.answered import answer_row, otherwise_row, pictures_in, reaction_row
from troth.desk.forms.request import DispatchForm, SupplyForm
from troth.desk.frame import about, frame, looking, show
from troth.desk.on_record import on_record
from troth.gate.actors import Actor
from troth.gate.streams import send_file
from troth.gate.table import open_path
from troth.intake import selectors as intake
from troth.people import selectors as people
from troth.prescribing import selectors as prescribing
from troth.prescribing import services
from troth.prescribing.rules import CHECKING, DECIDING, NotPossible, gates
from troth.prescribing.selectors import SupplyStatus, reacting, reviewing, supplies
from troth.records import selectors as records
from troth.vault.categories import Category

#: Whose a step is: the pharmacist's, whoever's signature it is, or that of any prescriber who was let in.
_PHARMACIST, _SIGNER, _PRESCRIBER = "pharmacist", "signer", "prescriber"
#: What may be done where: the word of the act, what it is called, and whose it is.
_STEPS: dict[SupplyStatus, tuple[tuple[str, str, str], ...]] = {
    SupplyStatus.SIGNED: (
        ("release", "Release it", _PHARMACIST),
        ("query", "Ask the prescriber", _PHARMACIST),
        ("cancel", "Cancel it", _PHARMACIST),
    ),
    SupplyStatus.QUERIED: (("answer", "Answer the pharmacist", _SIGNER), ("cancel", "Cancel it", _SIGNER)),
    SupplyStatus.RELEASED: (
        ("dispatch", "Record that it left", _PHARMACIST),
        ("cancel", "Cancel it", _PHARMACIST),
    ),
    SupplyStatus.DISPATCHED: (
        ("deliver", "Record that it was received", _PHARMACIST),
        ("return", "Record that it came back", _PHARMACIST),
    ),
    SupplyStatus.DELIVERED: (
        ("follow_up", "Record the follow-up", _PRESCRIBER),
        ("return", "Record that it came back", _PHARMACIST),
    ),
}
#: What can end the reason to look that whoever did it had, so that they are led on to a list and not back to the page.
_ENDS = frozenset({"cancel", "deliver", "return", "follow_up"})
_HINTS = {
    "release": "What you compared, and that nothing stands against it. No target or bonus hangs on it",
    "query": "What you need to know from the prescriber",
    "answer": "What the pharmacist asked",
    "cancel": "Why it is not supplied, and what they can do. They read it with their request",
    "return": "What came back, and in which state. It is never supplied again",
    "follow_up": "How they are on it, what they notice, and whether it goes on",
}

_UNPAID = Row(
    "Payment",
    "Nothing is held on their card",
    note="It cannot leave before they have paid. They find it in their account",
    flagged=True,
)


def list_supplies(request: HttpRequest) -> HttpResponse:
    """What waits for the pharmacist, the oldest first."""
    look = looking(request)
    waiting = supplies.list_supplies(prescribing.IN_HAND)
    names = people.names_of({each.subject for each in waiting}, look.opened)
    columns = (
        Column("For", "name"),
        Column("Signed", "figures", word="Signed"),
        Column("By", word="By"),
        Column("Where it is"),
    )
    lines = [
        Line(
            (
                Cell(names[each.subject], href=reverse("desk_supply", args=[each.id]))
                if each.subject in names
                else Cell("Withheld", coin="parted"),
                Cell(f"{timezone.localtime(each.signed_at):%-d %b, %H:%M}"),
                Cell(people.staff_name(each.prescriber)),
                Cell(each.status.words.capitalize(), small="Waits until they pay" if each.unpaid else ""),
            )
        )
        for each in people.without_erased(waiting, names)
    ]
    return show(
        request,
        "supply/list",
        frame(request),
        table=Table("Supplies", columns, tuple(lines)) if lines else None,
    )


def show_supply(request: HttpRequest, prescription: UUID) -> HttpResponse:
    """One supply: what was prescribed and why, what stands about the person, and what comes next."""
    look = looking(request)
    supply = supplies.get_supply(prescription, look.opened)
    seen = reviewing.get_sent(supply.request, look.opened)
    lines = seen.sheet.lines if seen.sheet else ()
    theirs = {
        _PHARMACIST: bool(look.actor.roles & CHECKING),
        _SIGNER: look.id == supply.prescriber,
        _PRESCRIBER: bool(look.actor.roles & DECIDING),
    }
    offered = [(word, words) for word, words, whose in _STEPS.get(supply.status, ()) if theirs[whose]]
    posted = request.POST.get("act", "") if request.method == "POST" else ""
    forms = [(word, words, _form(word, request.POST if posted == word else None)) for word, words in offered]
    for word, _, form in forms:
        if word == posted and form.is_valid():
            try:
                _DO[word](prescription, form, look.actor, look.at)
            except NotPossible as error:
                form.add_error(None, str(error))
            else:
                if word in _ENDS:
                    return done("desk_supplies" if theirs[_PHARMACIST] else "desk_tasks", "supply-stepped")
                return done("desk_supply", "supply-stepped", prescription=prescription)
    who = people.get_identity(supply.subject, look.opened)
    item = supply.item
    record, alerts = on_record(records.card_sections(supply.subject, look.opened))
    return show(
        request,
        "supply/show",
        about(request, look, supply.subject),
        supply=supply,
        name=who.name if who else "",
        item=[
            Row("Medicine", f"{item['name']}, {item['form']}", note=f"dm+d {item['dmd']}" if item["dmd"] else ""),
            Row(
                "Quantity", f"{item['quantity']} {item['unit']}", note="Keep cold on the way" if item["cold"] else ""
            ),
            Row("Directions", item["directions"]),
            Row("For what", item["indication"]),
            *(Row("Why all the same", words) for words in supplies.reasons_for(supply.request, look.opened)),
            _read(supplies.seconds_read(supply.request)),
            Row("Signed by", people.staff_name(supply.prescriber), note=_when(supply.signed_at)),
            _until(supply, look.at),
            Row("Checked by", people.staff_name(supply.pharmacist), note=_when(supply.checked_at))
            if supply.pharmacist
            else Row("Checked by", "Nobody yet"),
            *([_UNPAID] if supplies.is_unpaid(supply) else []),
            *([Row("Parcel", supply.tracking, note=_when(supply.dispatched_at))] if supply.tracking else []),
        ],
        found=[Row("Stopped" if each.stops else "Flagged", each.reason, note=each.source) for each in seen.found],
        record=record,
        alerts=alerts,
        changed=[answer_row(line) for line in lines if line.changed],
        otherwise=[otherwise_row(each) for each in intake.answered_otherwise(seen.sheet)] if seen.sheet else [],
        answers=[answer_row(line) for line in lines if not line.changed],
        pictures=pictures_in(lines),
        messages=[
            Row(
                people.staff_name(UUID(each.author)) if each.by_staff else "They wrote",
                each.words,
                note=f"{_when(each.at)}{', among staff' if each.among_staff else ''}",
            )
            for each in seen.messages
        ],
        forms=forms,
        react=open_path(request, "desk_reaction_new", supply.id) if supply.can_be_taken else "",
        reactions=[reaction_row(each) for each in reacting.list_of(supply.subject, look.opened)],
        worry=open_path(request, "desk_concerns", supply.subject),
        why=papers.health_strip(look, supply.subject, who),
        status=422 if any(form.is_bound for _, _, form in forms) else 200,
    )


def paper(request: HttpRequest, prescription: UUID) -> HttpResponseBase:
    """The signed document."""
    look = looking(request)
    look.opened.require(supplies.get_supply(prescription, look.opened).subject, Category.HEALTH)
    stored = supplies.open_document(prescription, look.opened)
    return send_file(request, stored, download_name="prescription.pdf", media_type="application/pdf")


def _form(word: str, data: Any) -> Any:
    if word == "dispatch":
        return DispatchForm(data, prefix=word)
    form = SupplyForm(data, prefix=word)
    if word == "deliver":
        form.fields.pop("words")
    else:
        form.fields["words"].help_text = _HINTS[word]
    return form


def _words(act: Callable[..., None]) -> Callable[[UUID, Any, Actor, Any], None]:
    """An act that takes words and nothing else."""
    return lambda prescription, form, by, at: act(prescription, words=form.cleaned_data["words"], by=by, at=at)


_DO: dict[str, Callable[[UUID, Any, Actor, Any], None]] = {
    "release": _words(services.release_prescription),
    "query": _words(services.query_prescription),
    "answer": _words(services.answer_query),
    "cancel": _words(services.cancel_prescription),
    "return": _words(services.take_back),
    "follow_up": _words(services.follow_up),
    "dispatch": lambda prescription, form, by, at: services.dispatch(
        prescription, tracking=form.cleaned_data["tracking"], by=by, at=at
    ),
    "deliver": lambda prescription, form, by, at: services.deliver(prescription, by=by, at=at),
}


def _until(supply: supplies.SupplyLine, at: datetime) -> Row:
    """The last day on which it may be dispensed; flagged where it passed before anything left."""
    out = supply.dispatched_at is None and timezone.localdate(at) > supply.until
    return Row(
        "Dispense by", f"{supply.until:%-d %B %Y}", note="It has run out. Cancel it" if out else "", flagged=out
    )


def _read(seconds: int | None) -> Row:
    """For how long the signer had the request before them; flagged where that is faster than anybody reads."""
    if gates.is_too_fast(seconds):
        return Row(
            "Read for",
            f"{seconds or 0} second{'' if seconds == 1 else 's'}",
            note="Faster than anybody reads it. Ask the signer",
            flagged=True,
        )
    assert seconds is not None
    return Row("Read for", f"{seconds // 60} min {seconds % 60} s")


def _when(moment: Any) -> str:
    return f"{timezone.localtime(moment):%-d %B %Y, %H:%M}" if moment else ""
