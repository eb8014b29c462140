"""A suspected reaction to what was supplied: telling of it, and what became of what was told."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.values import Row
from troth.gate.contexts import Opened
from troth.gate.table import actor_of
from troth.portal.forms.reacting import ReactionForm
from troth.portal.views.my_data import reader
from troth.prescribing import services
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import ReactionState, reacting, supplies
from troth.prescribing.selectors.reacting import ReactionOpened

#: Where a report is, as the person reads it.
_WHERE = {
    ReactionState.REPORTED: "A prescriber or pharmacist looks at it",
    ReactionState.DUE: "Looked at. We tell the Yellow Card scheme, without your name",
    ReactionState.SENT: "Looked at, and told to the Yellow Card scheme, without your name",
    ReactionState.KEPT: "Looked at",
}


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, prescription: UUID) -> HttpResponse:
    """Tell of one, and see what was told before."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    opened: Opened = request.opened  # type: ignore[attr-defined]
    supply = supplies.get_supply(prescription, opened)
    if supply.subject != subject:  # one of somebody whom the reader represents is not shown here
        raise Http404
    form = ReactionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.report_reaction(prescription, **reacting.told_in(form.cleaned_data), by=actor_of(request), at=at)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(request.path)
    return render(
        request,
        "portal/requests/reaction.html",
        {
            "medicine": supply.item["name"],
            "told": [_row(each) for each in reacting.list_about(prescription, opened)],
            "form": form,
            "back": reverse("my_request", args=[supply.request]),
        },
        status=422 if form.is_bound else 200,
    )


def _row(found: ReactionOpened) -> Row:
    note = f"{_WHERE[found.state]}. {found.assessment}" if found.assessment else _WHERE[found.state]
    return Row(f"{timezone.localtime(found.reported_at):%-d %B %Y}", found.what, note=note)
