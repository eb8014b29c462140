"""
Concerns for somebody's safety: what was written down, one more, and looking again at what is kept from them. A later account of the
same person shows them too. What is done on this page stands apart in the ledger, so that its person does not learn of it by that.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from troth.design.done import done
from troth.design.values import Row
from troth.desk.forms.request import ConcernForm, WeighForm
from troth.desk.frame import about, looking, show, strip
from troth.people import selectors as people
from troth.prescribing import services
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import reviewing
from troth.prescribing.selectors.reviewing import ConcernLine
from troth.vault.categories import Category

KEPT = "Kept from them (DPA 2018 Schedule 3 paragraph 5)"


def show_concerns(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Read them, write one down, and look again at one that is kept from its person."""
    look = looking(request)
    found = reviewing.list_concerns(subject, look.opened)
    posted = request.POST if request.method == "POST" else None
    again = posted is not None and any(name.startswith(f"{WeighForm.prefix}-") for name in posted)
    form = ConcernForm(posted if not again else None)
    weigh = WeighForm(
        posted if again else None,
        concerns=[(each.id, f"{_day(each)}: {each.words[:80]}") for each in found if each.kept],
    )
    sent: ConcernForm | WeighForm = weigh if again else form
    if sent.is_valid():
        said: dict[str, Any] = sent.cleaned_data
        try:
            if again:
                services.weigh_concern(UUID(said["concern"]), harm=said["harm"], by=look.actor, at=look.at)
            else:
                services.raise_concern(subject, words=said["words"], harm=said["harm"], by=look.actor, at=look.at)
        except NotPossible as refused:
            sent.add_error("harm" if said["harm"] else None, str(refused))
        else:
            return done("desk_concerns", "concern-weighed" if again else "concern-raised", subject=subject)
    who = people.get_identity(subject, look.opened)
    return show(
        request,
        "concern/show",
        about(request, look, subject),
        name=who.name if who else "",
        rows=[row for each in found for row in _rows(each)],
        form=form,
        weigh=weigh if any(each.kept for each in found) else None,
        wrong=sent,
        why=strip(look, subject, Category.HEALTH),
        status=422 if sent.is_bound else 200,
    )


def _rows(line: ConcernLine) -> list[Row]:
    told = "They may read it"
    if line.told_at is not None:
        told = f"They may read it since {timezone.localtime(line.told_at):%-d %B %Y}"
    rows = [
        Row(
            f"{timezone.localtime(line.at):%-d %B %Y, %H:%M}",
            line.words,
            note=f"{people.staff_name(line.by)}. {KEPT if line.kept else told}",
            flagged=True,
        )
    ]
    return [*rows, Row("Why they may not read it", line.harm)] if line.kept else rows


def _day(line: ConcernLine) -> str:
    return f"{timezone.localtime(line.at):%-d %B %Y}"
