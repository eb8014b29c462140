"""A restricted record: no page and no job uses it, until somebody chooses one of the uses that the law leaves and says why."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from troth.desk.tests.conftest import PLANTED, Clinic
from troth.gate import facts, table
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Check
from troth.gate.rules import UNDER_RESTRICTION, PermittedUse
from troth.law.rights import Right
from troth.ledger.models import LedgerEvent
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.people.tests.factories import make_staff
from troth.rights import services
from troth.rights.models import RestrictedUse
from troth.vault.categories import Category

REFUSING = {"act": "decide", "decide-outcome": "refused", "decide-words": "No"}
WORDS = "Her solicitor needs the dates of treatment for a claim"


def restricted(clinic: Clinic) -> None:
    services.restrict(clinic.subject, by=clinic.actor(clinic.subject), at=timezone.now())


def shown(page: str) -> list[str]:
    return [word for word in PLANTED if word in page]


@pytest.mark.parametrize("use", list(PermittedUse))
def test_each_use_is_chosen_and_reasoned_and_then_the_content_opens(
    clinic: Clinic, signed_in: Callable[[UUID], Client], use: PermittedUse
) -> None:
    client = signed_in(clinic.prescriber)
    card = reverse("desk_card", args=[clinic.subject])
    before = shown(client.get(card).content.decode())
    assert before
    restricted(clinic)
    page = client.get(card).content.decode()
    assert not shown(page) and "Restricted since" in page
    path = reverse("desk_restricted_use", args=[clinic.subject])
    assert path in page
    assert client.post(path, {"use": use.value, "words": ""}).status_code == 422
    assert client.post(path, {"use": "", "words": WORDS}).status_code == 422
    assert client.post(path, {"use": use.value, "words": "a a a"}).status_code == 422
    assert not shown(client.get(card).content.decode())
    assert client.post(path, {"use": use.value, "words": WORDS}).status_code == 302
    assert shown(client.get(card).content.decode()) == before
    (row,) = RestrictedUse.objects.filter(subject_id=clinic.subject)
    assert (row.use, row.user) == (use.value, clinic.prescriber)
    event = LedgerEvent.objects.get(event="rights:restricted_use", subject=clinic.subject.hex)
    assert event.on_behalf_of == clinic.prescriber.hex and use.value in event.objects_touched


def test_it_opens_to_nobody_else_for_half_an_hour_and_to_read_alone(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    restricted(clinic)
    at = timezone.now()
    by = clinic.actor(clinic.prescriber)

    def check(actor, action: Action = Action.READ, *, later: timedelta = timedelta(0)) -> Check | None:
        with processing(Purpose.PRESCRIBING, action, by=actor, at=at + later) as opened:
            return opened.decision(clinic.subject, Category.HEALTH).check

    assert check(by) is Check.RESTRICTION
    services.use_restricted(
        clinic.subject, PermittedUse.CLAIMS, purpose=Purpose.PRESCRIBING, words=WORDS, by=by, at=at
    )
    assert check(by) is None
    assert check(by, later=timedelta(minutes=29)) is None
    assert check(by, later=timedelta(minutes=30)) is Check.RESTRICTION
    assert check(clinic.actor(clinic.colleague)) is not None
    client = signed_in(clinic.prescriber)
    decide = reverse("desk_decide", args=[clinic.request])
    assert client.post(decide, REFUSING).status_code in {403, 422}
    (fact,) = facts.of(clinic.subject, FactKind.RESTRICTED_USE, at=at)
    assert fact.other == clinic.prescriber.hex


def test_what_else_keeps_somebody_out_still_does(clinic: Clinic) -> None:
    restricted(clinic)
    for somebody in (clinic.colleague, clinic.finance):
        with pytest.raises(services.AnswerRefused, match="not the restriction"):
            services.use_restricted(
                clinic.subject,
                PermittedUse.CLAIMS,
                purpose=Purpose.PRESCRIBING,
                words=WORDS,
                by=clinic.actor(somebody),
                at=timezone.now(),
            )
    assert not RestrictedUse.objects.exists()


def test_every_page_about_a_person_that_could_show_content_shows_none(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    """Every row of the URL table that takes a person and opens data for staff: listed from the table, none picked by hand."""
    restricted(clinic)
    reverse("desk_card", args=[clinic.subject])  # reads the addresses, so that every page has its row
    register = notices.register_in_force(timezone.now())
    asked = []
    for row in table.rows.values():
        if not row.opens_data or not row.is_on(register) or not set(row.purposes) - UNDER_RESTRICTION:
            continue
        try:
            path = reverse(row.name, args=[clinic.subject])
        except NoReverseMatch:
            continue
        for somebody in (clinic.prescriber, clinic.colleague, clinic.assistant, clinic.support, clinic.finance):
            answer = signed_in(somebody).get(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert not shown(body.decode("utf-8", "replace")), row.name
            asked.append((row.name, somebody))
    assert {"desk_card", "desk_history", "desk_print", "desk_note_new"} <= {name for name, _ in asked}


def test_what_somebody_says_against_an_entry_stands_on_the_card_for_who_may_read_it(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    at = timezone.now()
    officer = clinic.actor(make_staff("privacy_officer", at=at - timedelta(minutes=1)))
    case = services.open_case(clinic.subject, Right.RECTIFICATION, by=clinic.actor(clinic.subject), at=at)
    services.add_statement(
        case, item=clinic.request, about="Request, 3 November", words="sentinel-dispute", by=officer, at=at
    )
    card = reverse("desk_card", args=[clinic.subject])
    assert "sentinel-dispute" in signed_in(clinic.prescriber).get(card).content.decode()
    assert "sentinel-dispute" not in signed_in(clinic.support).get(card).content.decode()
