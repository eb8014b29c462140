"""What a request costs, and whether its money is held. It opens nothing: amounts of payments stay with billing."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from troth.billing import selectors as billing
from troth.billing.selectors import State, VatRate
from troth.intake import selectors as intake
from troth.intake.rules.suiting import Treatment
from troth.prescribing.models import OPEN, MedicationRequest, Paid, Prescription, SupplyStatus

#: A supply in these states has not left, and is still to be paid where the bank let the money go.
WAITS = frozenset({SupplyStatus.SIGNED, SupplyStatus.QUERIED, SupplyStatus.RELEASED})


@dataclass(frozen=True)
class Unpaid:
    """A request that waits until its person pays, and whether something was prescribed for it already."""

    request: UUID
    prescribed: bool


def price_of(treatment: Treatment) -> int | None:
    """
    Pence of a treatment, VAT included: the line of the clinic's price list that has its title, else what its own file says. None
    where the clinic has taken that line off its list: then it does not offer the treatment, and no other price takes its place.

    The price of a request is the one on the day on which it is sent; a later one is for later requests.
    """
    if not intake.is_offered(treatment):
        return None
    listed = billing.price_of(treatment.title)
    return treatment.pence if listed is None else listed


def rate_of(treatment: Treatment) -> VatRate:
    """How a treatment is taxed: as the line of the price list that has its title says."""
    return billing.rate_of(treatment.title)


def paid_for(payment: UUID | None) -> Paid:
    """Whether what a request costs is held, by its payment."""
    if payment is None:
        return Paid.NOT_ASKED
    return Paid.HELD if billing.held_among([payment]) else Paid.WAITING


def payment_of(request: UUID) -> tuple[UUID, State] | None:
    """The payment of a request and what the firm last said of it; None where nothing was to be paid."""
    payment = MedicationRequest.objects.filter(pk=request).values_list("payment", flat=True).first()
    state = billing.state_of(payment) if payment else None
    return None if payment is None or state is None else (payment, state)


def request_paid_by(payment: UUID, subject: UUID) -> UUID | None:
    """The request of this person that a payment is for, or None."""
    rows = MedicationRequest.objects.filter(payment=payment, subject_id=subject)
    return rows.values_list("id", flat=True).first()


def list_unpaid(subject: UUID) -> list[Unpaid]:
    """A person's requests that wait until they pay, the oldest first: open ones, and what was prescribed and has not left."""
    rows = MedicationRequest.objects.filter(subject_id=subject, payment__isnull=False)
    signed = Prescription.objects.filter(subject_id=subject, status__in=WAITS).values_list("request_id", flat=True)
    rows = rows.filter(status__in=OPEN) | rows.filter(pk__in=list(signed))
    found = list(rows.order_by("requested_at").values_list("id", "payment", "status"))
    unpaid = billing.unpaid_among([payment for _, payment, _ in found])
    return [Unpaid(request, status not in OPEN) for request, payment, status in found if payment in unpaid]


def unpaid_requests(requests: Collection[UUID]) -> set[UUID]:
    """Of these requests, those for which something is to be paid and nothing is."""
    rows = MedicationRequest.objects.filter(pk__in=requests, payment__isnull=False)
    found = list(rows.values_list("id", "payment"))
    unpaid = billing.unpaid_among([payment for _, payment in found])
    return {request for request, payment in found if payment in unpaid}
