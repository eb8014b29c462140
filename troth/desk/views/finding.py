"""Finding a person. What is typed and what is found stand in the posted page and nowhere else: no address, no session."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Counterpart, Link, Term
from troth.desk.forms.finding import REASONS, FindForm
from troth.desk.frame import Looking, frame, looking, lowered, may_register, show
from troth.gate import features
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import TooOften
from troth.gate.table import open_path
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.people.rules import TooVague
from troth.records.rules import CARD_PURPOSES
from troth.rights import selectors as rights
from troth.vault.categories import Category


def find(request: HttpRequest) -> HttpResponse:
    """Find by three letters of a name or an exact identifier. The box in the band brings what was typed, and asks why here."""
    look = looking(request)
    page = frame(request)
    if request.method != "POST":
        return show(
            request,
            "find/person",
            page,
            form=FindForm(),
            may_register=may_register(look),
            twice=open_path(request, "desk_same"),
        )
    if "reason" not in request.POST:
        # From the box in the band: the words are kept, nothing is searched, and the reason is asked for without reproach.
        return show(
            request,
            "find/person",
            page,
            form=FindForm(initial={"q": request.POST.get("q", "")}),
            may_register=may_register(look),
            twice=open_path(request, "desk_same"),
        )
    form = FindForm(request.POST)
    found, strip, status = None, None, 200
    if form.is_valid():
        reason = FindReason(form.cleaned_data["reason"])
        with processing(Purpose.FIND, by=look.actor, at=look.at, find_reason=reason) as opened:
            strip = Counterpart(
                "Why you see this",
                terms=(
                    Term("For", opened.declared.title if opened.declared else ""),
                    Term("Because", REASONS[reason][0]),
                ),
            )
            try:
                found = people.find_people(form.cleaned_data["q"], opened)
            except (TooVague, TooOften) as error:
                form.add_error("q", str(error))
                status = 429 if isinstance(error, TooOften) else status
    table = _table(request, look, found.people) if found is not None and found.people else None
    return show(
        request,
        "find/person",
        page,
        form=form,
        found=found,
        table=table,
        why=strip,
        opens=opens_next(look, money=bool(open_path(request, "desk_money"))) if table else "",
        may_register=may_register(look),
        twice=open_path(request, "desk_same"),
        status=status,
    )


def _table(request: HttpRequest, look: Looking, found: Sequence[people.FoundPerson]) -> Table:
    """Who was found. Whoever has a second step to lose can be let back in from here, by those whose work that is."""
    back = {}
    if Purpose.REGISTRATION in look.opened.register.purposes:  # elsewhere it is a case that gives the reason
        lost = people.with_second_factor([person.subject for person in found])
        back = {subject: path for subject in lost if (path := open_path(request, "desk_let_back", subject))}
    columns = (Column("Name", "name"), Column("Born", "figures", word="Born"), Column("Area", word="Area"))
    lines: list[tuple[str | Cell, ...]] = [
        (
            Cell(person.name, href=leads_to(request, look, person.subject)),
            str(person.birth_year or ""),
            person.postcode_area,
            *((_lost(back.get(person.subject, ""), person.name),) if back else ()),
        )
        for person in found
    ]
    return table_of("People found", (*columns, Column("What to do", "act")) if back else columns, lines)


def _lost(path: str, name: str) -> Cell:
    return Cell(act=Link("Lost their second step", path, name)) if path else Cell()


def leads_to(request: HttpRequest, look: Looking, subject: UUID) -> str:
    """Where a name leads whoever looks: to the card, or where their role opens nobody's card but keeps the books, to the money."""
    money = "" if _seen(look) else open_path(request, "desk_bill", subject)
    return money or reverse("desk_card", args=[subject])


def opens_next(look: Looking, *, money: bool = False) -> str:
    """What a name leads to for whoever looks, as the notice has it: what the card opens for, and what their role sees of it."""
    seen = _seen(look)
    if not seen and money:
        return "A name opens their invoices, for half an hour from now where there are none yet. They can see that you looked."
    if not seen:
        return "The notice lets your role open nobody’s card: a name leads to a refusal, which is recorded."
    notice = rights.notice_now(look.at)
    *kinds, last = (f"“{rights.words_of(category, notice)}”" for category in Category if category in seen)
    listed = f"{', '.join(kinds)} and {last}" if kinds else last
    purpose = features.purpose_for(CARD_PURPOSES, Action.READ, look.actor, look.opened.register)
    assert purpose is not None
    return (
        f"A name opens their card for {lowered(look.opened.register.purposes[purpose].title)}, where something connects you "
        f"with them. Your role then sees what our notice calls {listed}. They can see that you looked."
    )


def _seen(look: Looking) -> set[Category]:
    """What the notice lets the viewer's roles see of a card; nothing where it opens to none of them."""
    register = look.opened.register
    purpose = features.purpose_for(CARD_PURPOSES, Action.READ, look.actor, register)
    declared = register.purposes.get(purpose) if purpose else None
    granted = [declared.access[role] for role in look.actor.roles if role in declared.access] if declared else []
    return {category for each in granted if Action.READ in each.actions for category in each.categories}
