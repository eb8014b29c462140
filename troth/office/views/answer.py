"""Answering a correction, an objection or a restriction, and telling whoever had what changed."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Tag
from troth.notice.purposes import Purpose
from troth.office.forms.answer import (
    UPHELD,
    CorrectForm,
    LiftForm,
    RecipientForm,
    StatementForm,
    UseForm,
    WeighForm,
)
from troth.office.frame import Looking, day, looking, moment, show
from troth.office.views.case import _why_for as why_for
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules import check_can_announce, check_can_weigh
from troth.rights.rules.letters import Composed, LetterKind
from troth.rights.selectors import answering
from troth.rights.selectors.cases import Case
from troth.rights.services import AnswerRefused

LONGEST = 60
CLOSES = frozenset({"weigh", "lift"})
#: What is said of everything else once it is done.
SAID = {
    "correct": "fact-corrected",
    "statement": "statement-set",
    "recipient": "recipient-noted",
    "use": "use-named",
    "announce": "lifting-announced",
}
TOLD = "The data of the person who asked opens here, as far as it is needed to answer them."


def show_answer(request: HttpRequest, case: UUID) -> HttpResponse:
    """What this right lets be decided, and who still has to be told of it."""
    look = looking(request)
    try:
        known = rights.get_case(case, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None
    if known.right not in {"rectification", "objection", "restriction", "erasure"}:
        raise Http404
    told_of = answering.recipients_of(known, look.opened)
    untold = [each for each in told_of if not each.outcome]
    forms = _forms(request, look, known, untold)
    problem, letter = "", None
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do:
        try:
            letter = _unseen_letter(request, look, known, forms, do)
            if letter is None and _done(look, known, forms, do):
                # What closes a case leaves nothing to do here: the case says what came of it.
                return (
                    redirect("office_case", case=case) if do in CLOSES else done("office_answer", SAID[do], case=case)
                )
        except AnswerRefused as refusal:
            problem = str(refusal)
    bound = next((form for form in forms.values() if form.is_bound), None)
    told = answering.lifting_notice(known.subject)
    return show(
        request,
        "answer/show",
        told=TOLD,
        case=known,
        forms=forms,
        bound=bound,
        problem=problem,
        letter=letter,
        mark=letter.mark if letter else "",
        open=known.state != "done",
        corrected=_corrected(known, look),
        recipients=_recipients(told_of, look),
        untold=untold,
        restricted=rights.restricted_since(known.subject, at=look.at) is not None,
        lifts=f"{told[0]:%-d %B %Y}" if told else "",
        can_lift=told is not None and told[0] <= look.today,
        why=why_for(request, known.subject),
        status=422 if problem or (bound is not None and bound.errors) else 200,
    )


def _forms(request: HttpRequest, look: Looking, known: Case, untold: list[answering.ToTell]) -> dict[str, Any]:
    def bound(do: str) -> Any:
        return request.POST if request.method == "POST" and request.POST.get("do") == do else None

    forms: dict[str, Any] = {}
    if known.right == "rectification":
        things = answering.correctable(known.subject, look.opened)
        facts = [
            (f"{thing.model}|{thing.id}|{field.name}", f"{_title(thing)}: {field.label}, now {field.text or 'empty'}")
            for thing, fields in things
            for field in fields
        ]
        forms["correct"] = CorrectForm(bound("correct"), fields=facts)
        forms["statement"] = StatementForm(
            bound("statement"), entries=[(thing.id, _title(thing)) for thing, _ in things]
        )
    elif known.right == "objection":
        said = rights.objected_in(known, look.opened, at=look.at)
        uses = [(each.value, title) for each, title in rights.list_objectable(at=look.at)]
        if said.waiting:
            forms["weigh"] = WeighForm(bound("weigh"), purposes=[use for use in uses if use[0] in said.waiting])
        others = [use for use in uses if use[0] not in {*said.waiting, *said.found}]
        if others:
            forms["use"] = UseForm(bound("use"), purposes=others)
    elif known.right == "restriction":
        forms["announce"] = LiftForm(bound("announce"))
    if untold:
        forms["recipient"] = RecipientForm(
            bound("recipient"), recipients=[(each.recipient, each.who) for each in untold]
        )
    return forms


def _unseen_letter(
    request: HttpRequest, look: Looking, known: Case, forms: dict[str, Any], do: str
) -> Composed | None:
    """The letter that goes with a decision, as long as it was not shown: what goes is what was shown."""
    form = forms.get(do)
    if do not in {"weigh", "announce", "lift"}:
        return None
    if known.state == "done":
        raise AnswerRefused("This request was answered already. Open it again first.")
    if do == "lift":
        letter = services.lifted_letter(known.id, at=look.at)
        return letter if request.POST.get("seen") != letter.mark else None
    if form is None or not form.is_valid():
        return None
    said = form.cleaned_data
    if do == "weigh":
        purpose, upheld = Purpose(said["purpose"]), said["outcome"] == UPHELD
        if why_not := check_can_weigh(purpose, upheld=upheld, words=said["words"]):
            raise AnswerRefused(why_not)
        letter = services.weighing_letter(known.id, purpose=purpose, upheld=upheld, words=said["words"], at=look.at)
    else:
        if why_not := check_can_announce(said["lifts_on"], on=look.today, words=said["words"]):
            raise AnswerRefused(why_not)
        letter = services.compose_for(
            known.id, LetterKind.LIFTING, words=said["words"], day=said["lifts_on"], at=look.at
        )
    return letter if request.POST.get("seen") != letter.mark else None


def _done(look: Looking, known: Case, forms: dict[str, Any], do: str) -> bool:
    """Carry out what was asked by one of the page's forms. False when something in it has to be mended first."""
    form = forms.get(do)
    if form is None and do != "lift":
        raise AnswerRefused("There is nothing left of this to decide. Open the page again.")
    if form is not None and not form.is_valid():
        return False
    said = form.cleaned_data if form is not None else {}
    if do == "correct":
        model, item, field = said["what"].split("|")
        services.correct(
            known.id,
            model=model,
            item=UUID(item),
            field=field,
            value=said["value"],
            words=said["words"],
            by=look.actor,
            at=look.at,
        )
    elif do == "statement":
        about = dict(forms["statement"].fields["item"].choices)[said["item"]]
        services.add_statement(
            known.id, item=UUID(said["item"]), about=about, words=said["words"], by=look.actor, at=look.at
        )
    elif do == "recipient":
        services.tell_recipient(known.id, **said, by=look.actor, at=look.at)
    elif do == "weigh":
        services.weigh_objection(
            known.id,
            purpose=Purpose(said["purpose"]),
            upheld=said["outcome"] == UPHELD,
            words=said["words"],
            by_post=said["by_post"],
            by=look.actor,
            at=look.at,
        )
    elif do == "use":
        services.name_use(known.id, purpose=Purpose(said["purpose"]), by=look.actor, at=look.at)
    elif do == "announce":
        services.announce_lifting(known.id, **said, by=look.actor, at=look.at)
    elif do == "lift":
        services.lift_after_notice(known.id, by=look.actor, at=look.at)
    return True


def _title(thing: rights.HeldThing) -> str:
    """What an entry is called, from when it is, and its first words, so that of ten of one kind each is known from the others."""
    shown = f"{thing.kind[:1].upper()}{thing.kind[1:]}, {timezone.localtime(thing.recorded_at):%-d %b %Y}"
    words = (f.text for f in thing.fields if f.text and not (f.is_open or f.for_machines or f.name == "source"))
    first = " ".join(next(words, "").split())
    return f"{shown} ({first[:LONGEST].rstrip()}{'…' if len(first) > LONGEST else ''})" if first else shown


def _corrected(known: Case, look: Looking) -> Table | None:
    columns = (
        Column("What", "name"),
        Column("It said", word="It said"),
        Column("It says", word="It says"),
        Column("Why"),
    )
    lines = tuple(
        Line(
            (
                Cell(each.field.replace("_", " ").capitalize(), small=moment(each.at)),
                Cell(each.before),
                Cell(each.after),
                Cell(each.words, small=people.staff_name(UUID(each.by))),
            )
        )
        for each in answering.corrections_of(known.id, look.opened)
    )
    return Table("What was put right", columns, lines) if lines else None


def _recipients(told_of: list[answering.ToTell], look: Looking) -> Table | None:
    columns = (Column("Who had it", "name"), Column("Last", "figures", word="Last"), Column("Told"))
    lines = tuple(
        Line(
            (
                Cell(each.who, small=", ".join(rights.describe_uses(kind, look.at).title for kind in each.kinds)),
                Cell(day(timezone.localdate(each.last))),
                Cell(
                    each.words,
                    tag=Tag("kept", "Told")
                    if each.outcome == answering.TOLD
                    else Tag("plain", "Not possible")
                    if each.outcome
                    else Tag("close", "To be told"),
                ),
            )
        )
        for each in told_of
    )
    return Table("Who had what changed", columns, lines) if lines else None
