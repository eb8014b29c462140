"""The office's list of messages that did not leave, and the letters."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from troth.delivery import services
from troth.delivery.models import Delivery, Failure, Message
from troth.delivery.rules import LETTERS, Kind
from troth.gate import actors, facts
from troth.ledger.models import LedgerEvent
from troth.office.views import message
from troth.people import services as people
from troth.people.tests.factories import PASSWORD, browser_of, make_patient, make_staff

pytestmark = pytest.mark.usefixtures("notice_in_force")


@pytest.fixture
def officer(db: None) -> Client:
    return browser_of(make_staff("privacy_officer"))


@pytest.fixture
def given_up(db: None) -> UUID:
    subject = make_patient(password=PASSWORD)
    at = timezone.now()
    services.send_email(subject, kind=Kind.CERTIFICATE_READY, to="zq@post.example", by=actors.NOBODY, at=at)
    services.give_up_late(at=at + timedelta(days=2))
    return Message.objects.get().pk


def test_what_did_not_leave_is_listed_without_a_word_of_it_and_tried_again(officer: Client, given_up: UUID) -> None:
    page = officer.get(reverse("office_messages")).content.decode()
    assert Failure.GIVEN_UP.label in page and LETTERS[Kind.CERTIFICATE_READY].line in page
    assert "zq@post.example" not in page and "Oddie" not in page
    assert officer.post(reverse("office_messages"), {"message": str(given_up)}).status_code == 302
    assert Message.objects.get().state == Delivery.QUEUED


def test_an_empty_list_says_so(officer: Client) -> None:
    assert "Everything has left" in officer.get(reverse("office_messages")).content.decode()
    assert officer.get(reverse("office_messages") + "?page=zq").status_code == 200


def test_a_page_beyond_the_last_is_the_last_and_each_list_is_counted_once(
    officer: Client, given_up: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.send_email(
        Message.objects.get().subject_id,
        kind=Kind.CERTIFICATE_READY,
        to="zr@post.example",
        by=actors.NOBODY,
        at=timezone.now(),
    )
    monkeypatch.setattr(message, "PAGE", 1)
    for asked in ("", "1", "2", "99"):
        page = officer.get(reverse("office_messages") + f"?page={asked}").content.decode()
        assert f"{min(int(asked or 1), 2)} to {min(int(asked or 1), 2)} of 2" in page
    for name, counts in (("office_messages", 2), ("office_post", 1)):
        with CaptureQueriesContext(connection) as seen:
            assert officer.get(reverse(name)).status_code == 200
        table = Message._meta.db_table
        counted = [each["sql"] for each in seen if "COUNT(" in each["sql"].upper() and table in each["sql"]]
        assert len(counted) == counts, "the tab counts letters on the one, and its own list is enough on the other"


def test_every_letter_is_shown(officer: Client) -> None:
    listed = officer.get(reverse("office_letters")).content.decode()
    for kind, letter in LETTERS.items():
        assert letter.line in listed
        assert officer.get(reverse("office_letter", args=[kind.value])).status_code == 200
        html = officer.get(reverse("office_letter_html", args=[kind.value]))
        assert html["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert "Why you got this" in html.content.decode()
    assert officer.get(reverse("office_letter", args=["no-such-letter"])).status_code == 404


@pytest.mark.parametrize("name", ["office_messages", "office_letters"])
def test_it_is_the_offices_alone(name: str, given_up: UUID) -> None:
    assert Client().get(reverse(name)).headers["Location"] == reverse("sign_in")
    assert browser_of(make_staff("prescriber")).get(reverse(name)).status_code == 403
    assert (
        browser_of(make_staff("prescriber", email="p2@clinic.example"))
        .post(reverse("office_messages"), {"message": str(given_up)})
        .status_code
        == 403
    )
    assert Message.objects.get().state == Delivery.FAILED


@pytest.fixture
def by_post(db: None) -> UUID:
    """Somebody who gave a postal address and no email, and is told of an emergency."""
    subject = make_patient(password="", email="")
    assert people.tell(subject, Kind.OPENED_IN_EMERGENCY, by=actors.NOBODY, at=timezone.now())
    return Message.objects.get().pk


def test_a_letter_is_opened_printed_and_marked_by_the_officer_alone(officer: Client, by_post: UUID) -> None:
    listed = officer.get(reverse("office_post")).content.decode()
    where = reverse("office_post_letter", args=[by_post])
    assert where in listed and "Oddie" not in listed
    page = officer.get(where).content.decode()
    assert "Oddie" in page and "Your record was opened" in page
    for role in ("prescriber", "patient_support", "administrator"):
        other = browser_of(make_staff(role, email=f"{role}@other.example"))
        assert (other.get(where).status_code, other.post(where).status_code) == (403, 403)
    assert Message.objects.get().state == Delivery.QUEUED
    assert officer.post(where).headers["Location"] == reverse("office_post") + "?done=letter-printed"
    sent = Message.objects.get()
    assert sent.state == Delivery.SENT and sent.sent_at is not None
    assert LedgerEvent.objects.filter(event="delivery:printed", subject=sent.subject_id.hex).count() == 1
    assert officer.post(where).status_code == 404
    assert "No letter waits" in officer.get(reverse("office_post")).content.decode()


def test_whom_a_letter_tells_of_the_notice_counts_as_told_once_it_is_printed(officer: Client) -> None:
    subject = make_patient(password="", email="")
    words = {"from": "1 May", "changes": "New purpose: care.", "before": "1", "after": "2"}
    people.tell(subject, Kind.NOTICE_CHANGES, context=words, tells_notice=2, by=actors.NOBODY, at=timezone.now())
    assert facts.count_told(2) == 0
    officer.post(reverse("office_post_letter", args=[Message.objects.get().pk]))
    assert facts.count_told(2) == 1


def test_what_has_a_link_or_concerns_an_account_is_never_put_on_paper(db: None) -> None:
    subject = make_patient(password="", email="")
    assert people.tell(subject, Kind.CONTACT_CHANGED, by=actors.NOBODY, at=timezone.now()) is None
    with pytest.raises(ValueError, match="Nobody prints"):
        services.send_letter(subject, kind=Kind.CONTACT_CHANGED, to="7 Elm Row", by=actors.NOBODY, at=timezone.now())
    assert not Message.objects.exists()
