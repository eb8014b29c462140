"""The requests of whoever decides, in the order in which they are best read, and why."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.tables import Cell, Column, table_of
from troth.design.values import Tag
from troth.desk.frame import frame, looking, show, strip
from troth.people import selectors as people
from troth.prescribing.selectors import triage
from troth.vault.categories import Category


def show_queue(request: HttpRequest) -> HttpResponse:
    """What presses first stands first; what waits for somebody else stands last."""
    look = looking(request)
    placed, withheld = triage.list_by_urgency(look.id, look.opened)
    names = people.names_of({each.subject for each in placed}, look.opened)
    columns = (
        Column("Who", "name"),
        Column("For what"),
        Column("Asked", "figures", word="Asked"),
        Column("Why it stands here", word="Why"),
        Column("What to do", "act"),
    )
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(names.get(each.subject, "Withheld"), href=reverse("desk_decide", args=[each.request])),
            each.asked_for,
            f"{timezone.localtime(each.asked_at):%-d %b, %H:%M}",
            ". ".join(each.why) or "Nothing presses",
            Cell(tag=Tag("close", "First") if each.presses else Tag("plain", "Waits"))
            if each.presses or each.parked
            else "",
        )
        for each in placed
    ]
    return show(
        request,
        "request/queue",
        frame(request),
        table=table_of("Requests", columns, rows) if rows else None,
        withheld=withheld,
        why=strip(look, placed[0].subject, Category.HEALTH) if placed else None,
    )
