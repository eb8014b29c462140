"""A clinic that takes money, and a payment firm on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import override_settings

from conftest import publish_pack
from troth.billing import services
from troth.billing.models import Payment
from troth.billing.tests import firm as firms
from troth.billing.tests.firm import LocalFirm
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.people.tests.factories import make_patient, make_staff

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass
class Till:
    """A patient, somebody else, and those who keep the books or do not."""

    ann: UUID
    bob: UUID
    finance: UUID
    practitioner: UUID
    firm: LocalFirm

    def actor(self, who: UUID, at: datetime = NOW) -> Actor:
        return actors.person(who, at=at)

    def ask(
        self, *, pence: int = 8000, holds: bool = False, key: UUID | None = None, thing: UUID | None = None
    ) -> UUID:
        """As the person does it who is about to pay."""
        return services.ask(
            self.ann,
            pence=pence,
            what="sentinel-what",
            thing_kind="tests.thing",
            thing=thing or uuid4(),
            holds=holds,
            key=key or uuid4(),
            by=self.actor(self.ann),
            at=NOW,
        )

    def reference(self, payment: UUID) -> str:
        with processing(Purpose.PAYMENT, Action.READ, by=self.actor(self.ann), at=NOW):
            return Payment.objects.get(pk=payment).firm_number or ""

    def paid(self, *, pence: int = 8000, holds: bool = False) -> UUID:
        """A payment that the person has made, and that we know of."""
        payment = self.ask(pence=pence, holds=holds)
        word = services.open_at_firm(payment, by=self.actor(self.ann), at=NOW)
        self.firm.pay(word.reference)
        services.look(payment, at=NOW)
        return payment


@pytest.fixture
def firm() -> Iterator[LocalFirm]:
    with (
        firms.opened() as found,
        override_settings(
            TROTH_STRIPE_KEY=firms.KEY,
            TROTH_STRIPE_PUBLIC_KEY="pk_test_local",
            TROTH_STRIPE_WEBHOOK_SECRET=firms.SECRET,
            TROTH_STRIPE_API=found.address,
        ),
    ):
        yield found


def open_till(firm: LocalFirm, at: datetime = NOW - timedelta(days=30)) -> Till:
    """Everybody. Whoever keeps the books has just found Ann by name, who is on the telephone."""
    made = Till(
        make_patient(at=at),
        make_patient(at=at, given_name="Petroc", family_name="Vane", email="petroc@vane.example"),
        make_staff("finance", at=at, name="Una Pell", email="una@clinic.example"),
        make_staff("practitioner", at=at, name="Orla Pettifer", email="orla@clinic.example"),
        firm,
    )
    by = made.actor(made.finance)
    with processing(Purpose.FIND, by=by, at=NOW, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        assert people.find_people("oddie", opened).people
    return made


@pytest.fixture
def till(db: None, firm: LocalFirm) -> Till:
    publish_pack("wellness-clinic")
    return open_till(firm)
