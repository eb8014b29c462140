"""Taking back what was asked for, or stopping what was prescribed: said first, done when it is pressed a second time."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from troth.billing.selectors import State
from troth.gate.contexts import Opened
from troth.gate.table import actor_of
from troth.portal.views.my_data import reader
from troth.prescribing import selectors as prescribing
from troth.prescribing import services
from troth.prescribing.rules import NotPossible
from troth.prescribing.rules.machine import REQUEST, SUPPLY, Step
from troth.prescribing.selectors import pricing, supplies
from troth.prescribing.selectors.supplies import SupplyLine
from troth.vault.categories import Category

#: What becomes of the money, by where it is. Of what was never held nothing is to be said.
_MONEY = {
    State.AUTHORISED: "The amount that your bank holds for it is let go. Nothing is taken.",
    State.CAPTURED: "What you paid for it goes back to the card that you paid with.",
    State.PART_REFUNDED: "What is left of what you paid for it goes back to the card that you paid with.",
}
_LEFT = "It has left already, so it cannot be stopped any more. You need not take it."
_OVER = "It was stopped or decided meanwhile, so there is nothing to take back."


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, treatment: UUID) -> HttpResponse:
    """Say what ends, what becomes of the money and what stays, and do it when the reader is sure."""
    opened: Opened = request.opened  # type: ignore[attr-defined]
    line = prescribing.get_line(treatment)
    opened.require(line.subject if line else treatment, Category.HEALTH)
    if line is None or line.subject != reader(request):  # only who asked takes it back
        raise Http404
    supply = supplies.supply_for(treatment, opened)
    if request.method == "POST":
        try:
            _stop(request, treatment, supply)
        except NotPossible:  # it went on while they read; the page says to where
            supply = supplies.supply_for(treatment, opened)
        else:
            return redirect("my_request", treatment=treatment)
    may_stop = supply is not None and (supply.status, Step.CANCEL) in SUPPLY
    may_withdraw = supply is None and (line.status, Step.WITHDRAW) in REQUEST
    paid = pricing.payment_of(treatment)
    return render(
        request,
        "portal/requests/stop.html",
        {
            "prescribed": may_stop,
            "possible": may_stop or may_withdraw,
            "money": _MONEY.get(paid[1], "") if paid else "",
            "late": _LEFT if supply is not None and supply.can_be_taken else _OVER,
            "back": reverse("my_request", args=[treatment]),
        },
        status=409 if request.method == "POST" else 200,
    )


def _stop(request: HttpRequest, treatment: UUID, supply: SupplyLine | None) -> None:
    """
    End what there is: the supply, or the request that has none yet.

    :raises NotPossible: it went on meanwhile.
    """
    by, at = actor_of(request), request.at  # type: ignore[attr-defined]
    if supply is None:
        services.withdraw_request(treatment, by=by, at=at)
    else:
        services.cancel_prescription(supply.id, words="I do not want it any more.", by=by, at=at)
