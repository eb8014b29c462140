"""The money of a demonstration: a price list, invoices of the last quarter, most of them paid, one cancelled and owed back."""

import random
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from troth.billing import services
from troth.billing.selectors import Means, VatRate
from troth.demo import rooms
from troth.demo.clinic import Made, Progress
from troth.demo.hours import at_work
from troth.diary import selectors as visits
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.intake.selectors import treatments
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import selectors as people

INVOICES = 26
_PRICES = (
    ("Consultation, 30 minutes", 8500, VatRate.EXEMPT),
    ("Treatment, 45 minutes", 9500, VatRate.EXEMPT),
    ("Physiotherapy, 30 minutes", 6500, VatRate.EXEMPT),
    ("Blood test", 4200, VatRate.EXEMPT),
    ("Skin smoothing, one area", 18000, VatRate.STANDARD),
    ("Letter for an employer", 3600, VatRate.STANDARD),
)
#: Of a clinic that nobody visits.
_PRICES_BY_POST = (
    ("Review of a treatment", 2500, VatRate.EXEMPT),
    ("Check by video, 15 minutes", 4500, VatRate.EXEMPT),
    ("Blood test by post", 5200, VatRate.EXEMPT),
    ("Letter for an employer", 3600, VatRate.STANDARD),
)


def write(made: Made, *, at: datetime, progress: Progress) -> None:
    """Invoice some of the people. Where nobody keeps the books, or the notice takes no payment, there is nothing to do."""
    register = notices.register_in_force(at)
    if "finance" not in made.staff or not {Purpose.PAYMENT, Purpose.FIND} <= set(register.purposes):
        return
    chance = random.Random(17)  # noqa: S311  the same books each time is the point
    keeper, opened = made.staff["finance"], min(made.since.values(), default=at)
    with boundary():
        prices = [
            services.set_price(name=name, pence=pence, rate=rate, by=actors.person(keeper, at=opened), at=opened)
            for name, pence, rate in (_PRICES_BY_POST if Purpose.PRESCRIBING in register.purposes else _PRICES)
        ]
        if visits.list_services():  # a deposit is taxed as the line of its service is
            by = actors.person(keeper, at=opened)
            for name, kind in rooms.SERVICES.items():
                rate = VatRate.STANDARD if name in rooms.TAXED else VatRate.EXEMPT
                services.set_price(name=name, pence=kind["price_pence"], rate=rate, by=by, at=opened)
        if Purpose.PRESCRIBING in register.purposes:  # what a request costs is in the list, and paid as one is sent
            by = actors.person(keeper, at=at)
            for each in treatments().values():
                services.set_price(name=each.title, pence=each.pence, rate=VatRate.EXEMPT, by=by, at=at)
    planned = sorted(
        (at_work(max(made.since[subject] + timedelta(days=1), at - timedelta(days=chance.randrange(1, 90)))), number)
        for number, (subject, _) in enumerate(made.patients[:INVOICES])
    )
    for done, (when, number) in enumerate(planned, 1):
        subject, part = made.patients[number]
        if when < at:
            by = actors.person(keeper, at=when)
            with processing(Purpose.FIND, by=by, at=when, find_reason=FindReason.AT_THE_DESK) as found:
                people.find_people(part.family_name, found)
            with boundary(), transaction.atomic():
                _live(subject, by, prices, number, when=when, at=at, chance=chance)
        progress(done, len(planned), "invoices")


def _live(
    subject: UUID,
    by: Actor,
    prices: list[UUID],
    number: int,
    *,
    when: datetime,
    at: datetime,
    chance: random.Random,
) -> None:
    wanted = [(price, 1) for price in chance.sample(prices, chance.choice((1, 1, 2)))]
    invoice = services.issue(subject, lines=wanted, key=uuid5(subject, "invoice"), by=by, at=when)
    left = services.left_of(invoice, by=by, at=when)
    key, patient = uuid5(subject, "paid"), actors.person(subject, at=when)
    match number % 6:
        case 0:
            return  # to be paid, and for some of them late by now
        case 1:
            payment = services.pay_by_card(invoice, pence=left, key=key, by=patient, at=when)
            services.pay_stand_in(payment, taken=True, by=patient, at=min(when + timedelta(minutes=6), at))
        case 2:
            services.settle(invoice, pence=left // 2, means=Means.TERMINAL, key=key, by=by, at=when)
        case _:
            means = (Means.TERMINAL, Means.CASH, Means.BANK)[number % 3]
            services.settle(invoice, pence=left, means=means, key=key, by=by, at=when)
    if number == 3:
        services.credit(invoice, key=uuid5(subject, "credit"), by=by, at=when)
        services.ask_bank_refund(invoice, pence=left, key=uuid5(subject, "refund"), by=by, at=when)
