"""Records that may be one person's: the list of likely pairs, two of them side by side, and what is decided about them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Item, Paging, Row, Term
from troth.desk.forms.same import DecideForm, PairSearchForm, ProposeForm, UndoForm
from troth.desk.frame import Looking, frame, looking, show, start_of
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people import services
from troth.people.selectors import LinkLine, LinkState
from troth.people.services import LinkRefused
from troth.vault.categories import Category

#: How many pairs stand on a page. Each name on it is a look that its person sees, so a page is no longer than it must be.
PAGE = 10
LISTS = {
    "likely": "To look at",
    "proposed": "To decide",
    "linked": "Linked",
    "ended": "Two people, or undone",
}
_STATES: dict[str, tuple[LinkState, ...]] = {
    "proposed": (LinkState.PROPOSED,),
    "linked": (LinkState.LINKED,),
    "ended": (LinkState.APART, LinkState.UNDONE),
}
_EMPTY = {
    "likely": (
        "No two records look alike",
        "When two records have the same email address, telephone number, or name and date of birth, they stand here.",
    ),
    "proposed": (
        "Nothing waits for a decision",
        "What a colleague has proposed stands here, for somebody else to decide.",
    ),
    "linked": ("No records are linked", "Records that were found to be one person’s stand here, the newest first."),
    "ended": (
        "Nothing was turned down or undone",
        "Pairs that are two people’s, and links that were undone, stand here.",
    ),
}


def list_pairs(request: HttpRequest) -> HttpResponse:
    """Likely pairs, ten at a time, or those that somebody has said something about. A search goes by the index alone."""
    look = looking(request)
    # Opened for rights it lists what stands, and suggests nothing.
    lists = {"linked": LISTS["linked"]} if look.opened.purpose is Purpose.RIGHTS else LISTS
    listed = request.GET.get("list", "")
    listed = listed if listed in lists else next(iter(lists))
    form = PairSearchForm(request.POST or None)
    wanted = form.cleaned_data["q"] if form.is_valid() else ""
    likely = listed == "likely"
    every: Sequence[people.Likely | LinkLine] = (
        people.list_likely() if likely else people.list_links(*_STATES[listed])
    )
    if wanted:
        named = people.who_may_be_called(wanted)
        every = [
            pair for pair in every if any(look.opened.reason_for(each) for each in {pair.one, pair.other} & named)
        ]
    start = 0 if wanted else start_of(request, PAGE)
    shown = every[start : start + PAGE]
    path = f"{reverse('desk_same')}?list={listed}"
    names = _names((each for pair in shown for each in (pair.one, pair.other)), look)
    erased = people.erased_among({each for pair in shown for each in (pair.one, pair.other)}.difference(names))
    shown = [pair for pair in shown if not {pair.one, pair.other} & erased]
    return show(
        request,
        "same/list",
        frame(request),
        form=form,
        wanted=wanted,
        listed=listed,
        switch=[Item(words, f"{reverse('desk_same')}?list={key}", key == listed) for key, words in lists.items()],
        table=_likely_table([pair for pair in shown if isinstance(pair, people.Likely)], names)
        if likely
        else _links_table([pair for pair in shown if isinstance(pair, LinkLine)], names, listed),
        why=_strip(look, shown),
        empty=_EMPTY[listed],
        paging=Paging(
            start + 1,
            start + len(shown),
            len(every),
            f"{path}&from={start - PAGE + 1}" if start else "",
            f"{path}&from={start + PAGE + 1}" if start + PAGE < len(every) else "",
        ),
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


def compare(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """Two records side by side, and the form that proposes to link them."""
    look = looking(request)
    lines = people.beside(one, other, look.opened)
    form = ProposeForm(request.POST or None)
    if form.is_valid():
        try:
            link = services.propose_link(one, other, by=look.actor, at=look.at, **form.cleaned_data)
        except LinkRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk_same_link", link=link)
    return show(
        request,
        "same/pair",
        frame(request),
        table=_beside_table(lines),
        propose=form,
        why=_why(look, one),
        shared=next((pair.shared for pair in people.likely_with(one) if other in {pair.one, pair.other}), ()),
        cards=_cards(one, other),
        status=422 if form.is_bound else 200,
    )


def decide(request: HttpRequest, link: UUID) -> HttpResponse:
    """What was said of two records: side by side, with the form for who may decide, and the one that undoes."""
    look = looking(request)
    found = people.get_link(link)
    # One that does not exist is answered as one about strangers: the gate is asked about somebody in either case.
    pair = (found.one, found.other) if found else (link, link)
    seen = [each for each in pair if look.opened.reason_for(each)] or [pair[0]]
    for each in seen:
        look.opened.require(each, Category.IDENTITY, Category.CONTACT)
    if found is None:
        raise Http404
    decides = found.state is LinkState.PROPOSED and found.proposed_by != look.id
    form = DecideForm(request.POST or None) if decides else None
    undo = UndoForm(request.POST or None) if found.state is LinkState.LINKED else None
    bound = form or undo
    if bound is not None and bound.is_valid() and _carried_out(found, form, undo, look):
        return redirect("desk_same_link", link=link)
    return show(
        request,
        "same/pair",
        frame(request),
        table=_beside_table(people.beside(*pair, look.opened)) if len(seen) == len(pair) else None,
        link=found,
        rows=_said_rows(found, look),
        decide=form,
        undo=undo,
        why=_why(look, seen[0]),
        cards=_cards(*seen),
        status=422 if bound is not None and bound.is_bound else 200,
    )


def _carried_out(found: LinkLine, form: DecideForm | None, undo: UndoForm | None, look: Looking) -> bool:
    """Do what was chosen. A refusal stands in the form that it is about."""
    try:
        if undo is not None:
            services.undo_link(found.link, words=undo.cleaned_data["words"], by=look.actor, at=look.at)
        elif form is not None and form.links:
            services.confirm_link(
                found.link,
                made_sure=form.cleaned_data["made_sure"],
                words=form.cleaned_data["words"],
                by=look.actor,
                at=look.at,
            )
        elif form is not None:
            services.turn_link_down(found.link, words=form.cleaned_data["words"], by=look.actor, at=look.at)
    except LinkRefused as refused:
        bound = undo if form is None else form
        assert bound is not None
        bound.add_error(None, str(refused))
        return False
    return True


def _names(subjects: Iterable[UUID], look: Looking) -> dict[UUID, tuple[str, str]]:
    """The name and year of birth of those whom the viewer has a reason to look at. Nobody else is asked about."""
    asked = [each for each in dict.fromkeys(subjects) if look.opened.reason_for(each)]
    return people.called(asked, look.opened)


def _cell(subject: UUID, names: dict[UUID, tuple[str, str]], href: str = "") -> Cell:
    if subject not in names:
        return Cell("Withheld", coin="parted", href=href)
    name, small = names[subject]
    return Cell(name, small=small, href=href)


def _likely_table(pairs: Sequence[people.Likely], names: dict[UUID, tuple[str, str]]) -> Table | None:
    columns = (
        Column("One record", "name"),
        Column("Another", word="And"),
        Column("What they share", word="Both have"),
    )
    lines = tuple(
        Line(
            (
                _cell(pair.one, names, reverse("desk_same_pair", args=[pair.one, pair.other])),
                _cell(pair.other, names),
                Cell(_capital(", and ".join(pair.shared))),
            )
        )
        for pair in pairs
    )
    return Table("Records that may be one person’s, those that share most first", columns, lines) if lines else None


def _links_table(links: Sequence[LinkLine], names: dict[UUID, tuple[str, str]], listed: str) -> Table | None:
    staff = people.staff_profiles({each for line in links for each in (line.proposed_by, line.decided_by) if each})
    columns = (
        Column("One record", "name"),
        Column("Another", word="And"),
        Column("Proposed", word="Proposed"),
        *([Column("Decided", word="Decided")] if listed != "proposed" else []),
    )

    def said(who: UUID | None, when: object) -> Cell:
        name = staff[who].name if who in staff else "A colleague"
        return Cell(name, small=f"{timezone.localtime(when):%-d %B %Y}") if when else Cell()  # type: ignore[arg-type]

    lines = tuple(
        Line(
            (
                _cell(line.one, names, reverse("desk_same_link", args=[line.link])),
                _cell(line.other, names),
                said(line.proposed_by, line.proposed_at),
                *([said(line.decided_by, line.decided_at)] if listed != "proposed" else []),
            )
        )
        for line in links
    )
    return Table(LISTS[listed], columns, lines) if lines else None


def _beside_table(lines: Sequence[people.Beside]) -> Table:
    columns = (
        Column("What", "name"),
        Column("One record", word="One"),
        Column("Another", word="Other"),
        Column("Same"),
    )
    return Table(
        "The two records side by side",
        columns,
        tuple(
            Line(
                (
                    Cell(line.label),
                    Cell(line.one or "Not held"),
                    Cell(line.other or "Not held"),
                    Cell("The same", coin="joined")
                    if line.same
                    else Cell("Different" if line.one and line.other else ""),
                )
            )
            for line in lines
        ),
    )


def _said_rows(found: LinkLine, look: Looking) -> list[Row]:
    said = people.words_of_link(found.link, look.opened)
    staff = people.staff_profiles({each for each in (found.proposed_by, found.decided_by, found.undone_by) if each})

    def by(who: UUID | None, when: object) -> str:
        name = "You" if who == look.id else staff[who].name if who in staff else "A colleague"
        return f"{name}, {timezone.localtime(when):%-d %B %Y, %H:%M}" if when else name  # type: ignore[arg-type]

    rows = [Row("Why they may be one person", said.reason, by(found.proposed_by, found.proposed_at))]
    if found.decided_at:
        what = "Two people" if found.state is LinkState.APART else "Linked"
        sure = f"{said.made_sure.words}. " if said.made_sure else ""
        rows.append(Row(what, f"{sure}{said.decision}", by(found.decided_by, found.decided_at)))
    if found.undone_at:
        rows.append(Row("Undone", said.undoing, by(found.undone_by, found.undone_at)))
    return rows


def _cards(*subjects: UUID) -> list[tuple[str, str]]:
    words = ("Card of the one record", "Card of the other")
    return [(words[number], reverse("desk_card", args=[each])) for number, each in enumerate(subjects)]


def _strip(look: Looking, shown: Sequence[people.Likely | LinkLine]) -> Counterpart | None:
    because = next(
        (said for pair in shown for each in (pair.one, pair.other) if (said := look.opened.reason_for(each))), ""
    )
    return _terms(look, because) if because else None


def _why(look: Looking, subject: UUID) -> Counterpart:
    return _terms(look, look.opened.reason_for(subject))


def _terms(look: Looking, because: str) -> Counterpart:
    return Counterpart(
        "Why you see this", terms=(Term("For", look.purpose), Term("Because", because[:1].upper() + because[1:]))
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
