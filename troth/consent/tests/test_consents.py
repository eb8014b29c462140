"""Consent: way by way, in the words that were shown, with proof; and it ends in every process at the moment of the word."""

import re
import threading
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from conftest import publish_pack
from troth.consent import selectors, services
from troth.consent.models import ConsentWord, How
from troth.consent.rules import ConsentRefused, channels_of
from troth.delivery.models import Delivery, Message
from troth.delivery.services import carry
from troth.delivery.services.carriers import Parcel, _letter_of
from troth.delivery.services.suppressing import Unwanted
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.tests.factories import LATER, make_patient, make_staff
from troth.vault.categories import Category
from troth.vault.files import store
from troth.vault.uploads import SealedUpload

SOON = LATER + timedelta(minutes=1)
SAID = "Said it to Mae at the desk"


@pytest.fixture
def ann(notice_in_force: None) -> Actor:
    return actors.person(make_patient(email="ann@oddie.example"), at=LATER)


def ways(person: Actor) -> set[tuple[str, str]]:
    assert person.id
    return {(fact.purpose, fact.value) for fact in facts.of(person.id, FactKind.CONSENT, at=SOON)}


def id_of(person: Actor) -> UUID:
    assert person.id
    return person.id


def test_a_word_is_kept_with_what_was_shown_and_by_which_notice(ann: Actor) -> None:
    services.give(id_of(ann), Purpose.MARKETING, channel="email", by=ann, at=LATER)
    services.give(id_of(ann), Purpose.MARKETING, channel="email", by=ann, at=SOON)
    assert ways(ann) == {("marketing", "email")} and ConsentWord.objects.count() == 1
    services.take_back(id_of(ann), Purpose.MARKETING, by=ann, at=SOON)
    services.take_back(id_of(ann), Purpose.MARKETING, by=ann, at=SOON)
    with processing(Purpose.RIGHTS, by=ann, at=SOON) as opened:
        back, given = selectors.list_words([id_of(ann)], opened)
    assert (given.given, given.channel, given.how, given.notice) == (True, "email", How.PORTAL, 1)
    assert "News and suggestions that you asked for" in given.wording and "by email" in given.wording
    assert "I can take it back at any time" in given.wording
    assert back.given is False and back.wording == "Nothing changes in your care."


def test_each_way_is_agreed_to_by_itself(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = selectors.notice_now(LATER)
    assert channels_of(Purpose.MARKETING, notice) and channels_of(Purpose.PERSONALISATION, notice) == ()
    with pytest.raises(ConsentRefused, match="by which way"):
        services.give(id_of(ann), Purpose.MARKETING, by=ann, at=LATER)
    with pytest.raises(ConsentRefused, match="no ways"):
        services.give(id_of(ann), Purpose.PERSONALISATION, channel="email", by=ann, at=LATER)
    with pytest.raises(ConsentRefused, match="rests no such use"):
        services.give(id_of(ann), Purpose.PRESCRIBING, by=ann, at=LATER)
    services.give(id_of(ann), Purpose.PERSONALISATION, by=ann, at=LATER)
    for way in channels_of(Purpose.MARKETING, notice):
        services.give(id_of(ann), Purpose.MARKETING, channel=way, by=ann, at=LATER)
    before = ways(ann)
    services.take_back(id_of(ann), Purpose.MARKETING, channel="email", by=ann, at=SOON)
    assert before - ways(ann) == {("marketing", "email")}


def test_what_was_said_elsewhere_needs_its_proof_and_a_paper_needs_the_paper(ann: Actor) -> None:
    clerk = actors.person(make_staff("patient_support"), at=LATER)
    day = LATER.date()

    def say(
        *, given: bool = True, how: How = How.RECEPTION, proof: str = SAID, paper: SealedUpload | None = None
    ) -> None:
        services.say_for(
            id_of(ann),
            Purpose.MARKETING,
            channel="email",
            given=given,
            how=how,
            said_on=day,
            proof=proof,
            paper=paper,
            by=clerk,
            at=LATER,
        )

    with pytest.raises(ConsentRefused, match="how it can be shown"):
        say(proof="yes")
    with pytest.raises(ConsentRefused, match="the paper that they signed"):
        say(how=How.PAPER)
    with pytest.raises(ConsentRefused, match="still to come"):
        services.say_for(
            id_of(ann),
            Purpose.MARKETING,
            channel="email",
            given=True,
            how=How.RECEPTION,
            said_on=day + timedelta(days=1),
            proof=SAID,
            by=clerk,
            at=LATER,
        )
    assert ways(ann) == set() and not ConsentWord.objects.exists()
    paper = SealedUpload(store([b"signed"], name="form.txt", media_type="text/plain"), "text/plain", None)
    say(how=How.PAPER, paper=paper)
    assert ways(ann) == {("marketing", "email")} and paper.kept
    say(given=False, how=How.TELEPHONE)
    assert ways(ann) == set()
    with processing(Purpose.RIGHTS, by=ann, at=SOON) as opened:
        assert [each.has_paper for each in selectors.list_words([id_of(ann)], opened)] in (
            [False, True],
            [True, False],
        )
    with pytest.raises(Refused):  # a patient is no desk
        services.say_for(
            id_of(ann),
            Purpose.MARKETING,
            channel="email",
            given=True,
            how=How.RECEPTION,
            said_on=day,
            proof=SAID,
            by=actors.person(make_patient(email="bob@oddie.example"), at=LATER),
            at=LATER,
        )


def test_news_goes_only_by_the_way_that_was_agreed_to_and_carries_its_way_out(ann: Actor, settings: Any) -> None:
    settings.TROTH_DEMO = True  # what leaves lies in the local outbox
    news = {"line": "We open on Saturdays", "words": "From January."}
    with pytest.raises((Unwanted, Refused)):
        services.send_news(id_of(ann), **news, by=ann, at=LATER)
    services.give(id_of(ann), Purpose.MARKETING, channel="email", by=ann, at=LATER)
    first, second = (services.send_news(id_of(ann), **news, by=ann, at=LATER) for _ in range(2))
    with processing(Purpose.MARKETING, by=ann, at=LATER):
        link = Message.objects.get(pk=first).link
    assert link.startswith("http") and "/stop/" in link
    carry(first, at=SOON)
    assert Message.objects.get(pk=first).state == Delivery.SENT
    assert services.stop_by_link(link.rstrip("/").rpartition("/")[2], at=SOON)
    carry(second, at=SOON + timedelta(seconds=1))  # written before, and stopped on its way
    assert (Message.objects.get(pk=second).state, Message.objects.get(pk=second).failed_with) == (
        "failed",
        "not_allowed",
    )
    with pytest.raises((Unwanted, Refused)):
        services.send_news(id_of(ann), **news, by=ann, at=SOON + timedelta(seconds=1))


def test_a_consent_by_another_way_sends_no_email(ann: Actor) -> None:
    services.give(id_of(ann), Purpose.MARKETING, channel="sms", by=ann, at=LATER)
    with pytest.raises(Unwanted, match="by this way"):
        services.send_news(id_of(ann), line="l", words="w", by=ann, at=LATER)


def test_the_header_of_a_mail_program_stops_it_in_one_click() -> None:
    stop = "https://c.example/stop/x/"
    parcel = Parcel(UUID(int=1), "a@b.example", "l", "t", "<p>h</p>", "Clinic", "c@d.example", stop=stop)
    mail = message_from_bytes(_letter_of(parcel).message().as_bytes())
    assert re.sub(r"\s", "", mail["List-Unsubscribe"]) == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain = Parcel(UUID(int=1), "a@b.example", "l", "t", "<p>h</p>", "Clinic", "c@d.example")
    assert "List-Unsubscribe" not in message_from_bytes(_letter_of(plain).message().as_bytes())


def test_a_link_is_of_our_making_and_says_nothing(ann: Actor) -> None:
    link = selectors.stop_link(id_of(ann), Purpose.MARKETING, "email", at=LATER)
    token = link.rstrip("/").rpartition("/")[2]
    assert selectors.read_stop(token, at=SOON) == selectors.Stop(id_of(ann), Purpose.MARKETING, "email")
    assert selectors.read_stop(token[:-4] + "AAAA", at=SOON) is None
    assert not services.stop_by_link("nonsense", at=SOON)
    assert id_of(ann).hex not in token


def test_a_standing_fact_without_a_word_is_found(ann: Actor) -> None:
    services.give(id_of(ann), Purpose.MARKETING, channel="email", by=ann, at=LATER)
    assert selectors.count_unproved() == (1, 0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM consent_consentword")
    assert selectors.count_unproved() == (1, 1)


def test_two_words_at_once_are_one_word(committed_db: None) -> None:
    """What `hold` is for is shown on PostgreSQL alone: SQLite lets one write at a time, and this would pass there without it."""
    publish_pack()
    person = actors.person(make_patient(email="two@oddie.example"), at=LATER)
    together = threading.Barrier(2)

    def say() -> None:
        together.wait()
        try:
            services.give(id_of(person), Purpose.MARKETING, channel="email", by=person, at=LATER)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=say) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ConsentWord.objects.count() == 1 and ways(person) == {("marketing", "email")}


def test_a_page_that_was_asked_for_first_and_waited_finds_the_later_word(ann: Actor) -> None:
    for moment in (SOON, LATER):
        services.give(id_of(ann), Purpose.MARKETING, channel="email", by=ann, at=moment)
    assert ConsentWord.objects.count() == 1


def test_a_consent_that_the_newest_word_takes_back_is_not_borne_out(ann: Actor) -> None:
    services.give(id_of(ann), Purpose.MARKETING, channel="email", by=ann, at=LATER)
    assert selectors.count_unproved() == (1, 0)
    services.take_back(id_of(ann), Purpose.MARKETING, by=ann, at=SOON)
    assert selectors.count_unproved() == (0, 0)
    _record_alone(id_of(ann), by=ann, at=SOON + timedelta(seconds=1))  # a fact, and no word of theirs
    assert selectors.count_unproved() == (1, 1)


@act(Event.CONSENT_GIVEN, purpose=Purpose.RIGHTS)
def _record_alone(subject: UUID, *, by: Actor, at: datetime) -> None:
    acting().require(subject, Category.PREFERENCES)
    facts.record(subject, FactKind.CONSENT, at=at, purpose=Purpose.MARKETING, value="email")
