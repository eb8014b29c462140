"""Answering a request for a copy: where it stands, the letter that goes with it, and handing it out. Its entries are `entry`."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Figure, Row, Tag
from troth.gate.streams import send_file
from troth.office import casework
from troth.office.forms.pack import AskForm, BeginForm, FeeForm, SearchForm, WordsOut
from troth.office.frame import Looking, counted, day, looking, moment, show
from troth.office.views.case import _why_for as why_for
from troth.people import selectors as people
from troth.rights import jobs, services
from troth.rights import selectors as rights
from troth.rights.rules.clock import Asked
from troth.rights.rules.letters import Composed, LetterKind
from troth.rights.rules.packing import NOTHING_HELD, Stands, called
from troth.rights.selectors import packs
from troth.rights.selectors.cases import Case
from troth.rights.selectors.copying import NAME, RECORD_NAME
from troth.rights.selectors.opinions import Opinion, list_opinions
from troth.rights.selectors.packs import Pack, PackState
from troth.rights.services import PackRefused

TOLD = "The data of the person who asked opens here, so that it can be checked before they get it."
OF_DEAD = "The record of somebody who died opens here, so that it can be checked before whoever applied gets it."
#: What is said once it is done; of a build and a release the page itself says where it stands.
SAID = {"search": "search-noted", "ask": "opinion-asked", "words": "words-kept", "fee": "fee-noted"}
_STATES = {
    PackState.REVIEW: "Being decided, entry by entry",
    PackState.BUILDING: "Being built",
    PackState.READY: "Built and complete; it can be released",
    PackState.RELEASED: "Released",
    PackState.OVER: "Its last day is over, and it was destroyed",
}


def show_pack(request: HttpRequest, case: UUID) -> HttpResponse:
    """Where the copy stands, what to do next, where was looked, and who was asked."""
    look = looking(request)
    known = _case(case, look)
    pack = packs.find_pack(case, look.opened)
    if pack is None or pack.state in {PackState.RELEASED, PackState.OVER}:
        return _before(request, look, known, pack)
    entries = packs.review(pack, look.opened)
    forms: dict[str, Any] = {
        "search": SearchForm(request.POST if request.POST.get("do") == "search" else None),
        "ask": AskForm(
            request.POST if request.POST.get("do") == "ask" else None,
            staff=packs.who_can_be_asked(pack, entries, look.opened),
            of_dead=pack.of_dead,
        ),
        "words": WordsOut(
            request.POST if request.POST.get("do") == "words" else None,
            initial={"words": "\n".join(_everywhere(pack))},
        ),
        "fee": FeeForm(request.POST if request.POST.get("do") == "fee" else None),
    }
    problem, letter = "", None
    if request.method == "POST":
        try:
            letter = _unseen_letter(request, look, pack)
            if letter is None and _done(request, look, pack, forms):
                do = request.POST.get("do", "")
                return done("office_pack", SAID[do], case=case) if do in SAID else redirect("office_pack", case=case)
        except PackRefused as refusal:
            problem = str(refusal)
    bound = next((form for form in forms.values() if form.is_bound), None)
    counts = Counter(each.stands for each in entries)
    return show(
        request,
        "pack/show",
        told=told_of(of_dead=pack.of_dead),
        of_dead=pack.of_dead,
        case=known,
        pack=pack,
        problem=problem,
        build=f"Build the {pack.called}",
        building=f"Building the {pack.called}",
        letter=letter,
        mark=letter.mark if letter else "",
        bound=bound or forms["search"],
        rows=_rows(pack, known),
        unplaced=casework.unplaced(known),
        figures=_figures(counts),
        left=packs_left(counts),
        nothing="" if entries else NOTHING_HELD,
        entries_at=reverse("office_pack_entries", args=[case]),
        forms=forms,
        searches=_searches(packs.list_searches(case, look.opened)),
        opinions=_opinions(list_opinions(case, look.opened)),
        why=why_for(request, pack.subject),
        status=422 if problem or (bound is not None and bound.errors) else 200,
    )


@require_POST
def take(request: HttpRequest, case: UUID) -> HttpResponseBase:
    """Hand the copy to an officer, who prints it for somebody without an account. It is written down as handed out."""
    look = looking(request)
    _case(case, look)
    pack = _pack(case, look)
    stored = packs.file_of(pack.id, look.opened)
    if stored is None or not pack.is_open(look.at):
        raise Http404
    services.record_fetched(pack.id, by=look.actor, at=look.at, printed=True)
    return send_file(
        request, stored, download_name=RECORD_NAME if pack.of_dead else NAME, media_type="application/zip"
    )


def told_of(*, of_dead: bool) -> str:
    """What the band says of what opens here."""
    return OF_DEAD if of_dead else TOLD


def packs_left(counts: Counter[Stands]) -> str:
    """What has to be decided before it is built, in words; "" when nothing has."""
    waiting = counts[Stands.OPEN] + counts[Stands.CHANGED]
    said = []
    if waiting:
        said.append(f"{counted(waiting, 'entry', 'entries')} to decide")
    if counts[Stands.ASK]:
        said.append(f"{counted(counts[Stands.ASK], 'entry', 'entries')} to ask a health professional about")
    return " and ".join(said)


def _before(request: HttpRequest, look: Looking, known: Case, pack: Pack | None) -> HttpResponse:
    """No copy is being worked on: begin one, or a further one, and hand out what was released."""
    # What a page sent that was opened while the last copy was being worked on must not begin another.
    form = BeginForm(request.POST if request.POST.get("do") == "begin" else None)
    problem, letter, of_dead = "", None, known.asked is Asked.DECEASED
    if form.is_bound and form.is_valid():
        fee = form.fee()
        # The first copy is free, whatever the form says: only a further one is asked money for, by a letter.
        if fee.pence and packs.packs_of_case(known.id):
            letter = services.compose_for(known.id, LetterKind.FEE, words=fee.words, at=look.at)
        if letter is None or request.POST.get("seen") == letter.mark:
            try:
                services.begin_pack(known.id, by=look.actor, at=look.at, fee=fee)
            except PackRefused as refusal:
                problem, letter = str(refusal), None
            else:
                return redirect("office_pack", case=known.id)
    late = services.late_letter(pack.id, by=look.actor, at=look.at) if pack and of_dead else None
    if pack and late and request.POST.get("do") == "account" and request.POST.get("seen") == late.mark:
        try:
            services.let_applicant_fetch(pack.id, by=look.actor, at=look.at)
        except PackRefused as refusal:
            problem = str(refusal)
        else:
            return redirect("office_pack", case=known.id)
    return show(
        request,
        "pack/begin",
        told=told_of(of_dead=of_dead),
        of_dead=of_dead,
        called=(what := called(of_dead=of_dead)),
        begin=f"Begin a {what}",
        case=known,
        pack=pack,
        open=pack is not None and pack.is_open(look.at),
        rows=_rows(pack, known) if pack else [],
        form=form,
        problem=problem,
        letter=letter,
        mark=letter.mark if letter else "",
        late=late,
        why=why_for(request, known.subject),
        status=422 if problem or form.errors else 200,
    )


def _unseen_letter(request: HttpRequest, look: Looking, pack: Pack) -> Composed | None:
    """The letter that goes with the copy, as long as it was not shown: what goes is what was shown."""
    if request.POST.get("do") != "release":
        return None
    letter = services.covering_letter(pack.id, by=look.actor, at=look.at)
    return letter if request.POST.get("seen") != letter.mark else None


def _done(request: HttpRequest, look: Looking, pack: Pack, forms: dict[str, Any]) -> bool:
    """Carry out what was asked by one of the page's forms. False when something in it has to be mended first."""
    do = request.POST.get("do", "")
    form: Form | None = forms.get(do)
    if form is not None and not form.is_valid():
        return False
    if do == "search":
        services.record_search(pack.case, **forms[do].cleaned_data, by=look.actor, at=look.at)
    elif do == "ask":
        said = forms[do].cleaned_data
        services.ask_opinion(pack.case, of=UUID(said["whom"]), question=said["question"], by=look.actor, at=look.at)
    elif do == "words":
        services.remove_everywhere(pack.id, forms[do].cleaned_data["words"], by=look.actor, at=look.at)
    elif do == "fee":
        services.record_fee(pack.id, **forms[do].cleaned_data, by=look.actor, at=look.at)
    elif do == "build":
        services.order_build(pack.id, build=jobs.build_pack, by=look.actor, at=look.at)
    elif do == "release":
        services.release_pack(pack.id, by=look.actor, at=look.at)
    return True


def _rows(pack: Pack, known: Case) -> list[Row]:
    rows = [
        Row("Where it stands", _STATES[pack.state]),
        Row("Answer by", day(known.due_on)),
        Row("It holds", f"What was recorded before {moment(pack.as_of)}"),
    ]
    if pack.size:
        rows.append(Row("Size", f"{max(pack.size // 1024, 1):,} KB", f"SHA-256 of its data file: {pack.digest}"))
    if pack.fee:
        rows.append(Row("Fee", f"£{pack.fee / 100:.2f}", "It has arrived" if pack.fee_paid else "It has not arrived"))
    if pack.released_at and pack.expires_at:
        rows.append(Row("Released", moment(pack.released_at)))
        rows.append(Row("Can be fetched until", moment(pack.expires_at)))
        rows.append(Row("Fetched", moment(pack.delivered_at) if pack.delivered_at else "Not yet"))
    return rows or [Row("Content", "Nothing is written in it")]


def _figures(counts: Counter[Stands]) -> list[Figure]:
    return [
        Figure(f"{counts[Stands.OPEN] + counts[Stands.CHANGED]:,}", "to decide"),
        Figure(f"{counts[Stands.ASK]:,}", "wait for a health professional"),
        Figure(f"{counts[Stands.GOES] + counts[Stands.CUT]:,}", "go"),
        Figure(f"{counts[Stands.WITHHELD]:,}", "withheld"),
    ]


def _searches(found: Iterable[packs.Search]) -> Table | None:
    columns = (Column("Where", "name"), Column("What was found", word="Found"), Column("Who", word="By"))
    lines = tuple(
        Line((Cell(each.place), Cell(each.found), Cell(people.staff_name(UUID(each.by)), small=moment(each.at))))
        for each in found
    )
    return Table("Where was looked besides this system", columns, lines) if lines else None


def _opinions(found: Iterable[Opinion]) -> Table | None:
    columns = (Column("Who was asked", "name"), Column("What they found"), Column("In their words", word="Words"))
    lines = []
    for each in found:
        harm = sum(finding == "harm" for finding in each.findings.values())
        if each.given_at is None:
            what = Cell(tag=Tag("close", "Not answered"), small=f"Asked {moment(each.asked_at)}")
        else:
            words = f"{harm} of {counted(len(each.findings), 'entry', 'entries')} could do serious harm"
            what = Cell(words, small=f"{moment(each.given_at)}. It stands for six months")
        lines.append(Line((Cell(people.staff_name(each.asked_of), small=each.registration), what, Cell(each.words))))
    return Table("Opinions of health professionals", columns, tuple(lines)) if lines else None


def _everywhere(pack: Pack) -> tuple[str, ...]:
    decided = packs.decisions_of(pack.id).get(pack.id.hex)
    return decided.words if decided else ()


def _case(case: UUID, look: Looking) -> Case:
    try:
        known = rights.get_case(case, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None
    if known.asked not in {Asked.ACCESS, Asked.DECEASED}:
        raise Http404
    return known


def _pack(case: UUID, look: Looking) -> Pack:
    found = packs.find_pack(case, look.opened)
    if found is None:
        raise Http404
    return found
