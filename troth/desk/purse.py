"""The part of a card that is about money: what is owed, invoices, deposits and packages, for who keeps the books."""

from django.http import HttpRequest
from django.utils import timezone

from troth.billing import selectors as billing
from troth.billing.rules import pounds
from troth.design.pages import Section
from troth.design.values import Item, Link, Row
from troth.desk.frame import Looking
from troth.desk.telling import Paper, Teller, counterpart
from troth.gate.contexts import processing
from troth.gate.table import open_path
from troth.gate.whys import Triggers, why
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category


def money(request: HttpRequest, look: Looking, teller: Teller, kept: Triggers) -> list[Paper]:
    """
    Their money in four lines, opened for what money is opened for and not for what the card is. To whoever may not open its own
    page nothing is said of it, not even that there is any.
    """
    path = open_path(request, "desk_bill", teller.subject)
    if not path or Purpose.PAYMENT not in look.opened.register.purposes:
        return []
    with processing(Purpose.PAYMENT, Action.READ, by=look.actor, at=look.at) as opened:
        if not opened.decision(teller.subject, Category.FINANCIAL).allowed:
            return []
        invoices = billing.list_invoices(teller.subject, opened)
        deposits = billing.list_deposits(teller.subject, opened)
        packages = billing.packages_of(teller.subject, opened)
        strip = counterpart(why(opened, teller.subject, Category.FINANCIAL, triggers=kept))
    today = timezone.localdate(look.at)
    owed, back = (sum(max(sign * each.left, 0) for each in invoices) for sign in (1, -1))
    late = sum(each.left > 0 and each.due_on < today for each in invoices)
    left = [each for each in packages if each.is_open(today)]
    rows = [
        Row("To pay", pounds(owed), f"{late} late" if late else "", flagged=bool(late)),
        *([Row("Owed back to them", pounds(back), flagged=True)] if back else []),
        Row("Deposits not used yet", pounds(sum(each.wanted for each in deposits)) if deposits else "None"),
        Row("Packages", ", ".join(f"{each.name}: {each.many - each.used} left" for each in left) or "None"),
    ]
    section = Section("Money", strip, rows=tuple(rows), head_links=(Link("Their money", path),))
    return [Paper("money", section, (Item("Money", "#money", count=len(invoices)),))]
