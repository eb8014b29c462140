"""One request on one page: what must hold, what changed and was flagged, everything else, and the decision last."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Item, Link, Row
from troth.desk import papers
from troth.desk.answered import answer_row, otherwise_row, pictures_in, reaction_row
from troth.desk.forms.request import AskForm, AskGpForm, DecisionForm, PrescribeForm, VerifyForm
from troth.desk.frame import Looking, about, looking, show
from troth.desk.on_record import on_record
from troth.gate.actors import Actor
from troth.gate.refusals import Decision
from troth.gate.table import open_path
from troth.intake import selectors as intake
from troth.intake.selectors import Line as AnswerLine
from troth.people import selectors as people
from troth.prescribing import selectors as prescribing
from troth.prescribing import services
from troth.prescribing.rules import NotPossible, asking, gates
from troth.prescribing.rules.formulary import Medicine
from troth.prescribing.selectors import (
    CheckState,
    Matter,
    Method,
    Outcome,
    RequestStatus,
    Verified,
    Wanted,
    identifying,
    reacting,
    reviewing,
    telling,
)
from troth.prescribing.selectors.reviewing import Review
from troth.prescribing.selectors.telling import LetterOpened
from troth.records import selectors as records
from troth.vault.categories import Category


def decide(request: HttpRequest, treatment: UUID) -> HttpResponse:
    """Read a request, check, ask, and decide. What is posted carries the ticket of what was read."""
    look = looking(request)
    line = prescribing.get_line(treatment)
    look.opened.require(line.subject if line else treatment, Category.IDENTITY, Category.HEALTH)
    if line is None:
        raise Http404
    seen = reviewing.get_review(treatment, look.opened)
    medicine = _chosen(request, seen)
    wanted = gates.gates(seen.facts(medicine, {})) if medicine else []
    reasons = [(gate.key, gate.sentence) for gate in wanted if gate.key and not gate.holds]
    posted = request.POST.get("act", "") if request.method == "POST" else ""
    forms = _forms(request, posted, medicine, reasons, seen)
    error = ""
    if posted and (form := forms.get(posted)) is not None and form.is_valid():
        try:
            word = _do(posted, form, treatment, request.POST.get("review", ""), look.actor, look)
        except NotPossible as refused:
            error = str(refused)
            form.add_error(None, error)
        else:
            if word in ("prescribed", "request-decided"):
                return done("desk_card", word, subject=line.subject)
            return done("desk_decide", word, treatment=treatment)
    who = people.get_identity(line.subject, look.opened)
    record, alerts = on_record(records.card_sections(line.subject, look.opened))
    letters = telling.asked_for(treatment, look.opened)
    mine = line.prescriber == look.id and line.status is RequestStatus.ASSIGNED
    return show(
        request,
        "request/decide",
        about(request, look, line.subject),
        seen=seen,
        name=who.name if who else "",
        age=who.age(timezone.localdate(look.at)) if who else None,
        subject=line.subject,
        mine=mine,
        open=line.status in prescribing.OPEN,
        where="with you" if mine else line.status.words,
        medicines=[
            Item(each.name, f"?choice={place}", current=each is medicine)
            for place, each in enumerate(seen.medicines, start=1)
        ],
        medicine=medicine,
        musts=[Row(gate.name, gate.sentence, flagged=not gate.holds) for gate in wanted],
        found=[
            Row("Stops" if each.stops else "Look at", each.reason, note=each.source, flagged=each.stops)
            for each in seen.found
        ],
        changed=[answer_row(each) for each in _lines(seen) if each.changed],
        otherwise=[otherwise_row(each) for each in intake.answered_otherwise(seen.sheet)] if seen.sheet else [],
        answers=[answer_row(each) for each in _lines(seen) if not each.changed]
        or _plain(treatment, line.subject, look),
        record=record,
        alerts=alerts,
        pictures=pictures_in(_lines(seen)),
        messages=_messages(seen),
        checks=[
            Row(
                each.matter.words,
                f"{each.result.words.capitalize()}, {each.method.words.lower()}",
                note=f"{each.note} · {people.staff_name(each.by)}, {timezone.localtime(each.at):%-d %B %Y, %H:%M}",
                flagged=each.result is Verified.CONTRADICTED,
            )
            for each in seen.verifications
        ]
        + _documents(line.subject, look),
        gp=_gp(seen, letters, look),
        gp_not=asking.why_not(seen.gp.state, may_ask=seen.gp.may_ask),
        gp_waits=any(each.state in telling.UNANSWERED for each in letters),
        supplies=_supplies(seen),
        objection=[
            Row("Looked at again", seen.objection, note="What they said against the earlier decision", flagged=True)
        ]
        if seen.objection
        else [],
        refusals=[
            Row(f"Refused on {timezone.localtime(at):%-d %B %Y}", words, flagged=True) for at, words in seen.refusals
        ],
        reactions=[reaction_row(each) for each in reacting.list_of(line.subject, look.opened)],
        alike=_alike(seen),
        concerns=[Row("Concern for their safety", words, flagged=True) for words in seen.concerns],
        worry=open_path(request, "desk_concerns", line.subject),
        ticket=_ticket(request, seen, look) if mine else "",
        why=papers.health_strip(look, line.subject, who),
        error=error,
        status=422 if any(form.is_bound and form.errors for form in forms.values()) else 200,
        **{f"{name}_form": form for name, form in forms.items()},
    )


def _ticket(request: HttpRequest, seen: Review, look: Looking) -> str:
    """That this page was opened, and when: what was posted and could not be done goes on counting from its first opening."""
    return reviewing.open_review(
        seen.request, seen.mark, by=look.actor, at=look.at, had=request.POST.get("review", "")
    )


def _chosen(request: HttpRequest, seen: Review) -> Medicine | None:
    """
    The medicine whose gates are shown: the one asked for, else the first. What is prescribed is named by what was posted alone:
    nobody signs for a medicine that they did not name.

    An address lies in histories and logs, so it says which place in the list, and never which medicine.
    """
    posted, place = request.POST.get("medicine"), request.GET.get("choice", "")
    if posted is not None or request.POST.get("act") == "prescribe":
        return next((each for each in seen.medicines if each.id == posted), None)
    asked = [each for number, each in enumerate(seen.medicines, start=1) if str(number) == place]
    return next(iter((*asked, *seen.medicines)), None)


def _forms(
    request: HttpRequest, posted: str, medicine: Medicine | None, reasons: list[tuple[str, str]], seen: Review
) -> dict[str, Any]:
    """The forms of the page; the one that was posted holds what was typed."""
    data = request.POST
    initial = {
        "quantity": medicine.quantity if medicine else None,
        "directions": medicine.directions if medicine else "",
        "indication": seen.asked_for,
    }
    return {
        "ask": AskForm(data if posted == "ask" else None),
        "gp": AskGpForm(data if posted == "gp" else None),
        "verify": VerifyForm(data if posted == "verify" else None),
        "prescribe": PrescribeForm(
            data if posted == "prescribe" else None,
            medicines=[(each.id, each.name) for each in seen.medicines],
            medicine=medicine.id if medicine else "",
            amount=f"{medicine.unit.capitalize()}, at most {medicine.most} at one supply" if medicine else "",
            reasons=reasons,
            initial=initial,
        ),
        "decide": DecisionForm(data if posted == "decide" else None),
    }


def _do(posted: str, form: Any, treatment: UUID, review: str, by: Actor, look: Looking) -> str:
    """
    Do what was posted, and give the word for what was done.

    :raises NotPossible: a rule says no.
    """
    said = form.cleaned_data
    if posted == "ask":
        services.ask_patient(treatment, words=said["words"], by=by, at=look.at)
        return "patient-asked"
    if posted == "gp":
        wanted = [Wanted(each) for each in said["wanted"]]
        services.ask_gp(treatment, wanted=wanted, history=said["history"], words=said["words"], by=by, at=look.at)
        return "gp-asked"
    if posted == "verify":
        services.record_verification(
            treatment,
            matter=Matter(said["matter"]),
            method=Method(said["method"]),
            result=Verified(said["result"]),
            note=said["note"],
            by=by,
            at=look.at,
        )
        return "check-recorded"
    if posted == "decide":
        services.decide_request(
            treatment, outcome=Outcome(said["outcome"]), words=said["words"], by=by, at=look.at, review=review
        )
        return "request-decided"
    services.prescribe(
        treatment,
        medicine=said["medicine"],
        quantity=said["quantity"],
        directions=said["directions"],
        indication=said["indication"],
        words=said["words"],
        reasons=form.written(),
        review=review,
        by=by,
        at=look.at,
    )
    return "prescribed"


def _gp(seen: Review, letters: list[LetterOpened], look: Looking) -> list[Row]:
    """What they chose about their GP, and each letter that asks, with where it is."""
    rows = [
        Row(
            "Their GP",
            seen.gp.state.words.capitalize(),
            note=", ".join(seen.gp.practice[key] for key in ("name", "address") if seen.gp.practice.get(key)),
        )
    ]
    for letter in letters:
        late = ". They have not answered in 14 days" if letter.is_late(look.at) else ""
        rows.append(
            Row(
                f"Asked on {timezone.localtime(letter.due_at):%-d %B %Y}",
                f"{letter.state.words[:1].upper()}{letter.state.words[1:]}{late}",
                note="; ".join((*letter.asked.wanted, *([letter.answer] if letter.answer else [])))
                if letter.asked
                else "",
                flagged=bool(late),
                link=Link("Open it", reverse("desk_gp_letter", args=[letter.id]), "the letter"),
            )
        )
    return rows


def _documents(subject: UUID, look: Looking) -> list[Row]:
    """What was found of each document that they sent, whichever request it was for."""
    return [
        Row(
            Matter.IDENTITY.words,
            f"A document that they sent: {each.state_words}"
            if each.line.state is CheckState.LEFT
            else f"{each.result.words.capitalize()}, by a document that they sent",
            note=f"{each.words} · {timezone.localtime(each.decided_at):%-d %B %Y, %H:%M}".removeprefix(" · "),
            flagged=each.result is Verified.CONTRADICTED,
        )
        for each in identifying.checks_of(subject, look.opened)
        if each.decided_at
    ]


def _lines(seen: Review) -> tuple[AnswerLine, ...]:
    return seen.sheet.lines if seen.sheet else ()


def _plain(treatment: UUID, subject: UUID, look: Looking) -> list[Row]:
    """Question and answer of a request that came without a questionnaire."""
    opened = prescribing.requests_of(subject, look.opened)
    assert not isinstance(opened, Decision)
    this = next(each for each in opened if each.line.id == treatment)
    return [Row("Asked for", this.medicine), *(Row(each.question, each.answer) for each in this.answers)]


def _messages(seen: Review) -> list[Row]:
    return [
        Row(
            people.staff_name(UUID(each.author)) if each.by_staff else "They wrote",
            each.words,
            note=f"{timezone.localtime(each.at):%-d %B, %H:%M}{', among staff' if each.among_staff else ''}",
        )
        for each in seen.messages
    ]


def _alike(seen: Review) -> list[Row]:
    """Other records that look like this person's: what was refused there stays with them."""
    rows = []
    for each in seen.alike:
        told = [*(f"Refused there: {words}" for words in each.refusals), *each.concerns]
        words = " ".join(told) or ("Nothing was refused there." if each.may_open else "You may not open that record.")
        rows.append(Row(f"Another account, {' and '.join(each.how)}", words, flagged=bool(told)))
    return rows


def _supplies(seen: Review) -> Table | None:
    columns = (Column("Medicine", "name"), Column("Signed", "figures", word="Signed"), Column("Where it is"))
    lines = [
        Line(
            (
                Cell(
                    each.item["name"],
                    href=reverse("desk_supply", args=[each.id]),
                ),
                Cell(f"{timezone.localtime(each.signed_at):%-d %b %Y}"),
                Cell(each.status.words.capitalize()),
            )
        )
        for each in seen.supplies
    ]
    return Table("Earlier supplies", columns, tuple(lines)) if lines else None
