"""Reviews of records that were opened in an emergency: the list with its clocks, what was seen, telling the person."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.rulers import tape_of_days
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Paging, Row, Tag, Term
from troth.gate.contexts import Opened
from troth.office.forms.review import DELAY, EMAIL, VERDICTS, ReviewForm, TellForm
from troth.office.frame import Looking, counted, day, looking, moment, number_in, show
from troth.office.views.ledger import short_id
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.selectors import Break, Breaking
from troth.rights.services import ReviewRefused
from troth.vault.categories import Category

PAGE = 25
CASES = "The file of this emergency opens here, and nothing else of the person."


def list_all(request: HttpRequest) -> HttpResponse:
    """What waits for a review, soonest due first, and what was reviewed. Nothing of anybody is opened for it."""
    look = looking(request)
    known = rights.list_breaks()
    waiting = sorted((each for each in known if each.closed_at is None), key=lambda each: each.due_on)
    closed = [each for each in known if each.closed_at is not None]
    start = min(number_in(request.GET.get("from", "")), max(len(closed) - 1, 0))
    late = sum(each.is_late(look.today) for each in waiting)
    return show(
        request,
        "review/list",
        waiting=_waiting(waiting, look) if waiting else None,
        done=_done(closed[start : start + PAGE]) if closed else None,
        count=counted(len(waiting), "review waits", "reviews wait"),
        late=late,
        paging=Paging(
            start + 1,
            min(start + PAGE, len(closed)),
            len(closed),
            f"?from={max(start - PAGE, 0)}" if start else "",
            f"?from={start + PAGE}" if start + PAGE < len(closed) else "",
        ),
    )


def show_one(request: HttpRequest, emergency: UUID) -> HttpResponse:
    """What was opened in those minutes, the sealed reason, and the judgement of a colleague."""
    look = looking(request)
    known = _break(emergency)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.review_emergency(emergency, by=look.actor, at=look.at, **form.cleaned_data)
        except ReviewRefused as refusal:
            form.add_error("words", str(refusal))
        else:
            return done("office_review", "review-recorded", emergency=emergency)
    return _shown(request, known, form, TellForm(), status=422 if form.errors else 200)


def tell(request: HttpRequest, emergency: UUID) -> HttpResponse:
    """Record that the person was told, or why not yet."""
    look = looking(request)
    known = _break(emergency)
    form = TellForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            if said["how"] == EMAIL:
                services.email_about_emergency(emergency, by=look.actor, at=look.at)
            elif said["how"] == DELAY:
                services.delay_telling(
                    emergency, words=said["told"], look_again_on=said["look_again_on"], by=look.actor, at=look.at
                )
            else:
                services.tell_about_emergency(emergency, words=said["told"], by=look.actor, at=look.at)
        except ReviewRefused as refusal:
            form.add_error("how", str(refusal))
        else:
            return done("office_review", "telling-recorded", emergency=emergency)
    if not form.errors:
        return redirect("office_review", emergency=emergency)
    return _shown(request, known, ReviewForm(), form, status=422)


def _shown(request: HttpRequest, known: Break, form: ReviewForm, telling: TellForm, *, status: int) -> HttpResponse:
    look = looking(request)
    own = known.by == look.id
    opened = None if own else rights.open_break(known, look.opened)
    return show(
        request,
        "review/show",
        told=CASES,
        known=known,
        own=own,
        late=known.is_late(look.today),
        due=day(known.due_on),
        rows=_rows(known, opened),
        reason=opened.reason if opened else "",
        looks=_looks(opened) if opened and opened.looks else None,
        reviews=[
            (VERDICTS[each.verdict][0], each.words, people.staff_name(UUID(each.by)), moment(each.at))
            for each in opened.reviews
        ]
        if opened
        else [],
        tellings=[
            (each.state, each.words, people.staff_name(UUID(each.by)), moment(each.at), each.look_again_on)
            for each in opened.tellings
        ]
        if opened
        else [],
        form=form if known.closed_at is None and not own else None,
        telling=telling if known.telling != "told" and not own else None,
        bound=form if form.is_bound else telling,
        why=None if own else _why(look, known),
        status=status,
    )


def _break(note: UUID) -> Break:
    known = rights.find_break(note)
    if known is None:
        raise Http404
    return known


def _why(look: Looking, known: Break) -> Counterpart:
    opened: Opened = look.opened
    uses = rights.describe_uses(Category.RIGHTS, look.at)
    because = opened.reason_for(known.subject)
    terms = (
        Term("For", look.purpose),
        Term("Because", because[:1].upper() + because[1:]),
        Term("Seen by", ", ".join(uses.seen_by)),
        Term("Until", rights.kept_for(Category.RIGHTS, look.at)),
    )
    return Counterpart("Why you see this", terms=tuple(term for term in terms if term.value))


def _rows(known: Break, opened: Breaking | None) -> list[Row]:
    rows = [
        Row("Opened by", people.staff_name(known.by)),
        Row("Record", short_id(known.subject.hex), "A random identifier: the name stands in the record alone"),
        Row("From", moment(known.at), f"Closed by itself at {timezone.localtime(known.until):%H:%M}"),
        Row("Review by", day(known.due_on), "Three working days, by somebody else than the one who opened it"),
    ]
    if opened:
        rows.append(Row("In their words", opened.reason or "The note was erased with the record"))
    return rows


def _looks(opened: Breaking) -> Table:
    columns = (Column("When", "figures"), Column("What happened", "name"), Column("For", word="For"))
    return Table(
        "What was looked at while it was open",
        columns,
        tuple(
            Line(
                (
                    Cell(f"{timezone.localtime(each.at):%H:%M:%S}"),
                    Cell(
                        each.sentence,
                        href=reverse("office_event", args=[each.id]),
                        tag=Tag("refused", "Refused") if each.refused else None,
                    ),
                    Cell(each.why),
                )
            )
            for each in opened.looks
        ),
    )


def _waiting(waiting: list[Break], look: Looking) -> Table:
    columns = (
        Column("Opened", "name"),
        Column("Clock"),
        Column("Review by", word="Review by"),
        Column("Told", word="Told"),
    )
    lines = []
    for each in waiting:
        left = (each.due_on - look.today).days
        words = counted(-left, "day late", "days late") if left < 0 else "today" if not left else counted(left, "day")
        tag = Tag("late" if left < 0 else "close", words) if left <= 1 else None
        lines.append(
            Line(
                (
                    Cell(
                        f"By {people.staff_name(each.by)}",
                        href=reverse("office_review", args=[each.note]),
                        small=f"{moment(each.at)}, record {short_id(each.subject.hex)}",
                    ),
                    Cell(tape=tape_of_days(each.begun_on, each.due_on, look.today)),
                    Cell(
                        day(each.due_on),
                        tag=tag,
                        small=("A talk comes first" if each.talked else "") or (words if not tag else ""),
                    ),
                    _telling(each, look),
                )
            )
        )
    return Table("Reviews that wait", columns, tuple(lines))


def _telling(each: Break, look: Looking) -> Cell:
    if each.telling == "told":
        return Cell("Told", coin="joined")
    if each.telling == "delayed" and each.look_again_on:
        return Cell(
            "Put off", small=f"looked at again {day(each.look_again_on)}", alarm=each.look_again_on < look.today
        )
    return Cell("Not told yet", coin="waiting")


def _done(done: list[Break]) -> Table:
    columns = (
        Column("Opened", "name"),
        Column("Reviewed", word="Reviewed"),
        Column("In time"),
        Column("Told", word="Told"),
    )
    return Table(
        "Reviewed",
        columns,
        tuple(
            Line(
                (
                    Cell(
                        f"By {people.staff_name(each.by)}",
                        href=reverse("office_review", args=[each.note]),
                        small=f"{moment(each.at)}, record {short_id(each.subject.hex)}",
                    ),
                    Cell(moment(each.closed_at) if each.closed_at else ""),
                    Cell("In time", coin="joined")
                    if each.closed_at and timezone.localdate(each.closed_at) <= each.due_on
                    else Cell("Late", coin="slipped"),
                    Cell({"told": "Told", "delayed": "Put off"}.get(each.telling, "Not told yet")),
                )
            )
            for each in done
        ),
    )
