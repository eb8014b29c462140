"""Questions from the public: those that wait, one of them, and what was answered."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.contact import selectors as contact
from troth.contact import services
from troth.contact.rules import NotPossible
from troth.contact.selectors import EnquiryLine
from troth.design.pages import PurposeLine
from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Counterpart, Item, Paging, Row, Term
from troth.desk.forms.enquiry import AnswerForm
from troth.desk.frame import frame, looking, lowered, purpose_line, show, start_of, strip
from troth.vault.categories import Category

PAGE = 25


def list_enquiries(request: HttpRequest) -> HttpResponse:
    """What was asked and waits, the longest first; or what was answered in the last two weeks."""
    look = looking(request)
    answered = request.GET.get("answered") == "1"
    start = start_of(request, PAGE)
    lines, total = contact.list_enquiries(look.opened, answered=answered, start=start, most=PAGE)
    path = reverse("desk_enquiries")
    query = "?answered=1" if answered else ""
    return show(
        request,
        "enquiry/list",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        answered=answered,
        switch=[Item("To answer", path, not answered), Item("Answered", f"{path}?answered=1", answered)],
        table=_table(lines) if lines else None,
        why=Counterpart(
            "Why you see this", terms=(Term("For", look.purpose), Term("Because", "A question to answer"))
        ),
        paging=Paging.beginning(start, len(lines), total, each=PAGE, path=f"{path}{query}"),
    )


def show_enquiry(request: HttpRequest, enquiry: UUID) -> HttpResponse:
    """One question, and writing down what was answered."""
    look = looking(request)
    found = contact.get_enquiry(enquiry, look.opened)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            services.answer(enquiry, words=form.cleaned_data["words"], by=look.actor, at=look.at)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk_enquiries")
    rows = [
        Row("Asked", f"{timezone.localtime(found.line.asked_at):%A %-d %B %Y, %H:%M}"),
        Row("Reach them at", found.email),
    ]
    return show(
        request,
        "enquiry/show",
        frame(request, purpose=purpose_line(look.opened, found.line.subject)),
        form=form,
        name=found.line.name,
        rows=[*rows, Row("The question", found.words)],
        answered=[
            Row(
                "Answered",
                f"{timezone.localtime(found.line.answered_at):%A %-d %B %Y, %H:%M}, by {found.answered_by}",
            ),
            Row("What we answered", found.answer),
        ]
        if found.line.answered_at
        else [],
        why=strip(look, found.line.subject, Category.CORRESPONDENCE),
        status=422 if form.is_bound else 200,
    )


def _table(lines: list[EnquiryLine]) -> Table:
    return table_of(
        "Questions",
        (
            Column("Asked", "figures", word="Asked"),
            Column("Who", "name"),
            Column("Answered", "figures", word="Answered"),
        ),
        [
            (
                f"{timezone.localtime(line.asked_at):%a %-d %b, %H:%M}",
                Cell(line.name, href=reverse("desk_enquiry", args=[line.id]))
                if line.name
                else Cell("Withheld", coin="parted"),
                f"{timezone.localtime(line.answered_at):%a %-d %b, %H:%M}" if line.answered_at else "",
            )
            for line in lines
        ],
    )
