"""Steps of a case: each asks for what it needs, shows the letter that it sends, and is taken when that was seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst

from troth.copies.journal import JournalUnavailable
from troth.gate import actors
from troth.office.casework import ASKED, WAITS, asking, on_paper, who
from troth.office.forms.step import (
    ApplicantForm,
    AssignForm,
    CameForm,
    CloseForm,
    DeathForm,
    ExtendForm,
    JudgeForm,
    LetterForm,
    NoteForm,
    ProofForm,
    QuietLetterForm,
)
from troth.office.frame import Looking, looking, show
from troth.office.views.case import whose
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules import PRIVACY_OFFICER
from troth.rights.rules.clock import Asked, StepKind, Waits
from troth.rights.rules.letters import PROOFS, Composed, Ending, LetterKind, letter_of
from troth.rights.selectors.cases import Case
from troth.rights.services import StepRefused

#: What a step is called, and what stands under it, where that depends on what was asked.
_OTHERWISE = {
    ("close", Asked.COMPLAINT): (
        "Answer and close it",
        "Say what you found and why, and what you do about it: they read it in the letter.",
    ),
    ("ask-identity", Asked.DECEASED): (
        "Ask who they are",
        "Only where you doubt it, and for the least that settles it.",
    ),
    ("ask-authority", Asked.DECEASED): (
        "Ask as what they apply",
        "They deal with the estate, or may have a claim from the death.",
    ),
    ("ask-question", Asked.DECEASED): ("Ask them a question", "Ask only what you need to know what they mean."),
}
_ASKS = frozenset({"ask-identity", "ask-authority", "ask-question"})
TOLD = "The file of this request opens here, and nothing else of the person."
Given = dict[str, Any]


@dataclass(frozen=True)
class _Step:
    """One step: its heading, what stands under it, its form, what it does, and which letter goes with it."""

    heading: str
    lead: str
    form: Callable[[HttpRequest, Case], forms.Form]
    act: Callable[[Looking, Case, Given], object]
    letter: Callable[[Given, Case], LetterKind | None] = lambda given, case: None
    button: str = "Record it"


def take(request: HttpRequest, case: UUID, step: str) -> HttpResponse:
    """Take one step. A letter is shown first, and what goes is what was shown."""
    look = looking(request)
    known = _case(look, case)
    wanted = _STEPS.get(step)
    if wanted is None:
        raise Http404
    form = wanted.form(request, known)
    heading, lead = _OTHERWISE.get((step, known.asked), (wanted.heading, wanted.lead))
    if known.asked is Asked.DECEASED and step in _ASKS:
        lead = f"{lead} {asking(known, look.today)}."
    letter: Composed | None = None
    if form.is_valid():
        given = form.cleaned_data
        kind = wanted.letter(given, known)
        if kind is not None:
            letter = _letter(known, kind, given, at=look.at)
        if letter is None or request.POST.get("seen") == letter.mark:
            try:
                wanted.act(look, known, given)
            except (StepRefused, JournalUnavailable) as why:  # where the journal cannot be written, nothing was done
                form.add_error(None, str(why))
                letter = None
            else:
                return redirect("office_case", case=case)
    return show(
        request,
        "case/step",
        told=TOLD,
        known=known,
        called=ASKED[known.asked],
        heading=heading,
        lead=lead,
        form=form,
        letter=letter,
        whose=whose(known, look) if step == "judge-identity" else [],
        mark=letter.mark if letter else "",
        button=wanted.button,
        sends=wanted.button.startswith("Send"),
        status=422 if form.errors else 200,
    )


def show_letter(request: HttpRequest, case: UUID, letter: UUID) -> HttpResponse:
    """One letter as it was sent, to read or to print."""
    look = looking(request)
    known = _case(look, case)
    found = next(
        (each for each in rights.list_steps(case, look.opened) if each.id == letter and each.kind is StepKind.LETTER),
        None,
    )
    if found is None:
        raise Http404
    title, *paragraphs = found.words.split("\n\n")
    by_email = found.detail.get("by") == "email"
    return show(
        request,
        "case/letter",
        told="This letter and the address that it goes to open here.",
        known=known,
        title=title,
        paragraphs=paragraphs,
        on=found.on,
        sent="Sent by email" if by_email else capfirst(on_paper(found)),
        post=None if by_email or "message" not in found.detail else UUID(found.detail["message"]),
        who=who(found.by, known.subject),
        address=_address(known, look),
    )


def _case(look: Looking, case: UUID) -> Case:
    try:
        return rights.get_case(case, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None


def _address(known: Case, look: Looking) -> list[str]:
    """Where a printed letter goes: what they gave with the request, or what we reach them by."""
    given = known.reply_to
    if given.get("address") or given.get("name"):
        return [line for line in (given.get("name", ""), *given.get("address", "").splitlines()) if line.strip()]
    identity, contact = (
        people.get_identity(known.subject, look.opened),
        people.get_contact(known.subject, look.opened),
    )
    lines = [identity.name if identity else ""]
    if contact is not None:
        lines += [*contact.address.splitlines(), contact.postcode]
    return [line for line in lines if line.strip()]


def _letter(known: Case, kind: LetterKind, given: Given, *, at: datetime) -> Composed:
    ending = given.get("ending")
    proof = given.get("proof", "")
    return services.compose_for(
        known.id,
        kind,
        at=at,
        proof=proof,
        besides=services.asked_with(known.id, PROOFS[proof][0], at=at) if proof else [],
        reason=given.get("reason", ""),
        grounds=[given["ground"]] if given.get("ground") else [],
        ending=ending if isinstance(ending, Ending) else None,
        words=given.get("words", ""),
    )


def _plain(form: type[forms.Form], **named: Any) -> Callable[[HttpRequest, Case], forms.Form]:
    return lambda request, case: form(request.POST if request.method == "POST" else None, **named)


def _asking(waits: Waits) -> Callable[[HttpRequest, Case], forms.Form]:
    return lambda request, case: ProofForm(
        request.POST if request.method == "POST" else None, waits=waits, asked=case.asked
    )


def _closing(request: HttpRequest, case: Case) -> forms.Form:
    return CloseForm(request.POST if request.method == "POST" else None, asked=case.asked)


def _assigning(request: HttpRequest, case: Case) -> forms.Form:
    staff = people.list_staff()
    officers = actors.who_hold({PRIVACY_OFFICER}, (member.subject for member in staff), at=looking(request).at)
    named = [(member.subject.hex, member.name) for member in staff if member.subject in officers]
    initial = {"to": case.assigned_to.hex if case.assigned_to else ""}
    return AssignForm(request.POST if request.method == "POST" else None, officers=named, initial=initial)


def _ask(waits: Waits) -> Callable[[Looking, Case, Given], object]:
    return lambda look, case, given: services.ask_for(
        case.id,
        waits,
        proof=given.get("proof", ""),
        words=given["words"],
        by_post=given["by_post"],
        besides=[each.pk for each in services.asked_with(case.id, waits, at=look.at)],
        by=look.actor,
        at=look.at,
    )


def _came(look: Looking, case: Case, given: Given) -> object:
    waits = rights.clock_of(case.id, at=look.at).wanted
    if waits is None:
        raise StepRefused("This case waits for nothing from them.")
    return services.record_came(case.id, waits, on=given["on"], words=given["words"], by=look.actor, at=look.at)


def _judge(waits: Waits) -> Callable[[Looking, Case, Given], object]:
    return lambda look, case, given: services.judge_proof(
        case.id,
        waits,
        holds=given["holds"],
        words=given["words"],
        applies_as=given.get("applies_as", ""),
        by=look.actor,
        at=look.at,
    )


def _judging(request: HttpRequest, case: Case) -> forms.Form:
    form = ApplicantForm if case.asked is Asked.DECEASED else JudgeForm
    return form(request.POST if request.method == "POST" else None)


def _note(kind: StepKind) -> Callable[[Looking, Case, Given], object]:
    return lambda look, case, given: services.add_note(
        case.id, kind=kind, words=given["words"], by=look.actor, at=look.at
    )


def _close(look: Looking, case: Case, given: Given) -> object:
    return services.finish_case(
        case.id,
        ending=given["ending"],
        ground=given["ground"],
        words=given["words"],
        by_post=given["by_post"],
        by=look.actor,
        at=look.at,
    )


def _assign(look: Looking, case: Case, given: Given) -> object:
    to = UUID(given["to"]) if given["to"] else None
    return services.assign_case(case.id, to=to, by=look.actor, at=look.at)


def _always(kind: LetterKind) -> Callable[[Given, Case], LetterKind | None]:
    return lambda given, case: kind


_STEPS: dict[str, _Step] = {
    "ask-identity": _Step(
        "Ask who they are",
        "Only where you doubt it, and for the least that settles it. The time begins on the day on which it comes. One "
        "letter asks for all that came in the same message.",
        _asking(Waits.IDENTITY),
        _ask(Waits.IDENTITY),
        _always(LetterKind.PROOF),
        "Send the letter",
    ),
    "ask-authority": _Step(
        "Ask whether they may act",
        "Somebody who asks for another shows that they may. The month begins on the day on which it comes.",
        _asking(Waits.AUTHORITY),
        _ask(Waits.AUTHORITY),
        _always(LetterKind.PROOF),
        "Send the letter",
    ),
    "ask-question": _Step(
        "Ask them a question",
        "Ask only what you need to know what they mean. Days stop for a copy alone.",
        _plain(LetterForm),
        _ask(Waits.ANSWER),
        _always(LetterKind.QUESTION),
        "Send the letter",
    ),
    "came": _Step(
        "Record what came",
        "The day on which it came counts, and not the day on which you write it down.",
        _plain(CameForm),
        _came,
    ),
    "judge-identity": _Step(
        "Say what you found",
        f"They sent {WAITS[Waits.IDENTITY]}. Say what you looked at; no copy of it is kept.",
        _plain(JudgeForm),
        _judge(Waits.IDENTITY),
    ),
    "judge-authority": _Step(
        "Say what you found",
        f"They sent {WAITS[Waits.AUTHORITY]}. Look who made it, when, and for what it is.",
        _judging,
        _judge(Waits.AUTHORITY),
    ),
    "death": _Step(
        "Record that they died",
        "Before anything is handed over. What they said in life about their record still binds.",
        _plain(DeathForm),
        lambda look, case, given: services.record_death(case.id, **given, by=look.actor, at=look.at),
    ),
    "death-mistake": _Step(
        "Take back that they died",
        "Where it was a mistake. Their account opens again, and they hear from us again. What they had agreed to stays ended.",
        _plain(NoteForm),
        lambda look, case, given: services.take_back_death(case.id, words=given["words"], by=look.actor, at=look.at),
    ),
    "extend": _Step(
        "Take two further months",
        "Where the request is complex, or one of several. They hear why, and until when, inside the first month.",
        _plain(ExtendForm),
        lambda look, case, given: services.extend_case(
            case.id,
            reason=given["reason"],
            words=given["words"],
            by_post=given["by_post"],
            by=look.actor,
            at=look.at,
        ),
        _always(LetterKind.EXTENSION),
        "Send the letter",
    ),
    "acknowledge": _Step(
        "Acknowledge the complaint",
        "They hear that it is here and looked into.",
        _plain(QuietLetterForm),
        lambda look, case, given: services.acknowledge(
            case.id, words=given["words"], by_post=given["by_post"], by=look.actor, at=look.at
        ),
        _always(LetterKind.ACKNOWLEDGEMENT),
        "Send the letter",
    ),
    "enquiry": _Step(
        "Write down an enquiry",
        "Whom you asked, what you asked, and what they said.",
        _plain(NoteForm),
        _note(StepKind.ENQUIRY),
    ),
    "entry": _Step(
        "Note an entry of the last forty days",
        "When something was entered in the forty days before, the time is 21 days and not 40. Say which entry.",
        _plain(NoteForm),
        _note(StepKind.ENTRY_FOUND),
    ),
    "progress": _Step(
        "Tell them how it goes",
        "Before they have to ask.",
        _plain(LetterForm),
        lambda look, case, given: services.tell_progress(
            case.id, words=given["words"], by_post=given["by_post"], by=look.actor, at=look.at
        ),
        _always(LetterKind.PROGRESS),
        "Send the letter",
    ),
    "assign": _Step("Give it to somebody", "Whoever has it is reminded of its day.", _assigning, _assign),
    "note": _Step(
        "Add a note",
        "It stays with the case. The person sees it in their copy, so write what you would say to them.",
        _plain(NoteForm),
        _note(StepKind.NOTE),
    ),
    "close": _Step(
        "Answer and close it",
        "Say what came of it. A refusal names its exemption and says why; nothing else is one.",
        _closing,
        _close,
        lambda given, case: letter_of(case.asked, given["ending"]),
        "Send the letter and close it",
    ),
    "reopen": _Step(
        "Open it again",
        "They wrote again. Say what they wrote.",
        _plain(NoteForm),
        lambda look, case, given: services.reopen_case(case.id, words=given["words"], by=look.actor, at=look.at),
    ),
}
