"""Booking online: as a stranger and signed in, what a link lets one do, and what nobody learns by any of it."""

import re
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.billing import services as billing
from troth.billing.models import Invoice, VatRate
from troth.delivery.models import Message
from troth.diary import jobs, rules, selectors, services
from troth.diary.models import Appointment, Hold
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate import actors, facts
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.law.calendar import LONDON
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.people.models import Identity
from troth.portal.forms.booking import KnownForm

WHO = {
    "given_name": "Wren",
    "family_name": "Zq-Aspinall",
    "born_on_day": "3",
    "born_on_month": "5",
    "born_on_year": "1984",
    "email": "wren@zq-post.example",
    "telephone": "07700 900 612",
    "note": "zq-pram",
}


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_pack("wellness-clinic")
    return open_clinic(timezone.now() - timedelta(days=30))


def signed_in(subject: UUID) -> Client:
    """A browser in which this person has signed in."""
    made, now = Client(), timezone.now()
    made.cookies["troth_session"] = people.sign_in(
        subject, by=actors.person(subject, at=now), at=now, device="tests", second_factor_at=now
    )
    return made


def times(browser: Client, clinic: Clinic, *, ahead: int = 3, whom: UUID | None = None) -> list[str]:
    """The values of the buttons on the page of times, from some days on."""
    on = timezone.localdate() + timedelta(days=ahead)
    path = f"{reverse('book_time', args=[clinic.short])}?from={on}" + (f"&with={whom}" if whom else "")
    return re.findall(r'name="time" value="([^"]+)"', browser.get(path).content.decode())


def choose(browser: Client, clinic: Clinic, value: str) -> str:
    """Choose a time, and give the address of the page that asks who comes."""
    answer = browser.post(reverse("book_time", args=[clinic.short]), {"time": value})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def messages() -> list[tuple[str, str, str, str]]:
    """What was written: kind, text, link and calendar, the oldest first."""
    found = []
    rows = Message.objects.filter(purpose=Purpose.SERVICE_MESSAGES).order_by("recorded_at")
    for row in rows:
        with processing(
            Purpose.SERVICE_MESSAGES, by=actors.person(row.subject_id, at=timezone.now()), at=timezone.now()
        ):
            found.append((row.kind, f"{row.line} {row.text} {row.html}", row.link or "", row.calendar or ""))
    return found


def follow(link: str) -> Client:
    """Another browser, in which the link of a message was followed."""
    made = Client()
    assert made.get("/" + link.split("/", 3)[3]).headers["Location"] == reverse("visit")
    return made


def test_a_stranger_books_and_is_told_without_a_word_of_what_for(clinic: Clinic) -> None:
    browser = Client()
    assert "sentinel-short" in browser.get(reverse("book")).content.decode()
    details = choose(browser, clinic, times(browser, clinic, whom=clinic.orla)[0])
    assert Hold.objects.count() == 1 and clinic.short.hex not in details.replace("-", "")
    page = browser.get(details).content.decode()
    assert "kept for you until" in page and "privacy notice" in page
    wrong = browser.post(details, {**WHO, "email": "nowhere", "born_on_year": ""})
    assert wrong.status_code == 422 and "zq-pram" in wrong.content.decode() and not Appointment.objects.exists()
    booked = browser.post(details, WHO)
    assert booked.headers["Location"] == reverse("visit") + "?new=1"
    visit = Appointment.objects.get()
    assert visit.practitioner == clinic.orla and visit.how == "online"
    assert Identity.objects.filter(subject=visit.subject_id).exists()
    seen = browser.get(reverse("visit") + "?new=1").content.decode()
    assert "Your visit is booked" in seen and "Orla Pettifer" in seen
    ((kind, text, link, calendar),) = messages()
    assert kind == "visit_booked" and rules.said_when(visit.starts_at) in text
    for secret in ("sentinel", "zq-pram", "Zq-Aspinall", "Pettifer", "practitioner"):
        assert secret not in text + link + calendar + seen.replace("Orla Pettifer", "")
    # The link of the message opens the same page in another browser, and stands in no address there.
    assert rules.said_when(visit.starts_at) in follow(link).get(reverse("visit")).content.decode()


def test_the_calendar_file_says_when_and_nothing_else(clinic: Clinic) -> None:
    browser = Client()
    browser.post(choose(browser, clinic, times(browser, clinic)[0]), WHO)
    answer = browser.get(reverse("visit_calendar"))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    text, visit = answer.content.decode(), Appointment.objects.get()
    assert f"DTSTART:{visit.starts_at:%Y%m%dT%H%M%SZ}\r\n" in text and "SUMMARY:Appointment\r\n" in text
    assert not re.search("sentinel|wren|orla|clinic|health", text, re.IGNORECASE)
    names = {line.partition(":")[0] for line in text.split("\r\n")}
    assert not names & {"DESCRIPTION", "LOCATION", "ORGANIZER", "ATTENDEE", "URL"}


def test_who_is_signed_in_is_asked_nothing_that_we_know(clinic: Clinic) -> None:
    browser = signed_in(clinic.ann)
    details = choose(browser, clinic, times(browser, clinic)[0])
    page = browser.get(details).content.decode()
    assert 'name="email"' not in page and 'name="note"' in page
    # Where the notice has it they are pointed to where it is said once, and where not, to no page that is not there.
    assert "say it once in “My details”" in page
    assert "My details" not in str(KnownForm(arranging=False))
    # A member of staff who is signed in books as a stranger would: for nobody's record by accident.
    assert 'name="email"' in signed_in(clinic.reception).get(details).content.decode()
    assert browser.post(details, {"note": ""}).status_code == 302
    assert [row.subject_id for row in Appointment.objects.all()] == [clinic.ann]


def test_a_time_that_is_over_books_nothing_and_registers_nobody(clinic: Clinic) -> None:
    browser = Client()
    first = times(browser, clinic)[0]
    details = choose(browser, clinic, first)
    known = Identity.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE diary_hold SET until = %s",
            [connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(seconds=1))],
        )
    answer = browser.post(details, WHO)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Choose a time again" in page
    # What they typed stands, for them alone; and their time is among those that are free, to others as well.
    assert all(f'value="{said}"' in page for name, said in WHO.items() if name != "note") and "zq-pram" in page
    assert first in times(Client(), clinic)
    assert (Identity.objects.count(), Appointment.objects.count(), Message.objects.count()) == (known, 0, 0)
    assert browser.get(reverse("book_details", args=["nonsense"])).status_code == 410


def test_who_was_too_slow_goes_on_with_what_they_wrote_at_another_time(clinic: Clinic) -> None:
    browser, now = Client(), timezone.now()
    day = datetime.combine(timezone.localdate(now) + timedelta(days=3), time(10), tzinfo=LONDON)
    # They began in the morning, and send it in the evening: it is no later than a day.
    begun = now - timedelta(hours=10)
    kept = selectors.Kept(uuid4(), clinic.short, clinic.orla, day, begun + rules.HELD_FOR)
    details = reverse("book_details", args=[selectors.seal_kept(kept, at=begun)])
    page = browser.post(details, WHO).content.decode()
    starts, once = (
        re.findall(r'name="starts" value="([^"]+)"', page),
        re.findall(r'name="once" value="([^"]+)"', page),
    )
    assert len(starts) == 8 and len(once) == 1
    choose(
        Client(), clinic, f"{clinic.orla}|{starts[1]}"
    )  # somebody else is quicker once more, and sits for half an hour
    late = browser.post(details, {**WHO, "starts": starts[1], "once": once[0]})
    assert late.status_code == 409 and "just been taken" in late.content.decode() and not Appointment.objects.exists()
    assert "zq-pram" in late.content.decode()
    for _ in range(2):  # pressed twice, it is booked once, and both presses lead there
        booked = browser.post(details, {**WHO, "starts": starts[4], "once": once[0]})
        assert booked.headers["Location"] == reverse("visit") + "?new=1"
    visit = Appointment.objects.get()
    assert (visit.starts_at.isoformat(), visit.practitioner) == (starts[4], clinic.orla)


def test_a_ticket_books_once_however_often_it_is_sent(clinic: Clinic) -> None:
    browser = Client()
    details = choose(browser, clinic, times(browser, clinic)[0])
    assert browser.post(details, WHO).status_code == 302
    again = browser.post(details, {**WHO, "given_name": "Robin", "email": "robin@zq-post.example"})
    assert again.headers["Location"] == reverse("visit") and Appointment.objects.count() == 1
    # Another browser that has the address learns that it is booked, and nothing else.
    other = Client().post(details, WHO)
    assert other.status_code == 200 and "This visit is booked" in other.content.decode()


def test_who_chooses_another_time_gives_the_first_one_back(clinic: Clinic) -> None:
    browser = Client()
    first, near, second, *_ = times(browser, clinic, whom=clinic.orla)
    page = browser.get(choose(browser, clinic, first)).content.decode()
    (again,) = re.findall(r'href="([^"]+instead=[^"]+)"', page)
    on = timezone.localdate(datetime.fromisoformat(first.split("|")[1]))
    shown = browser.get(f"{again}&with={clinic.orla}&from={on}").content.decode()
    assert near in shown  # what lies over the time that is given back is free too
    (ticket,) = re.findall(r'name="instead" value="([^"]+)"', shown)
    path = reverse("book_time", args=[clinic.short])
    assert browser.post(path, {"time": second, "instead": ticket}).status_code == 302
    (kept,) = Hold.objects.filter(thing=clinic.orla)
    assert rules.moment_of(kept.first).isoformat() == second.split("|")[1]
    assert first in times(Client(), clinic, whom=clinic.orla)


def test_a_time_that_is_kept_no_longer_shows_no_form(clinic: Clinic) -> None:
    now = timezone.now()
    kept = selectors.Kept(uuid4(), clinic.short, clinic.orla, now + timedelta(days=1), now - timedelta(seconds=1))
    answer = Client().get(reverse("book_details", args=[selectors.seal_kept(kept, at=now)]))
    assert answer.status_code == 410 and "kept no longer" in answer.content.decode()
    old = selectors.seal_kept(kept, at=now - timedelta(days=1))
    assert Client().post(reverse("book_details", args=[old]), WHO).status_code == 410


def test_two_strangers_do_not_get_one_time(clinic: Clinic) -> None:
    first, second = Client(), Client()
    value = times(first, clinic, whom=clinic.orla)[0]
    assert value in times(second, clinic, whom=clinic.orla)
    choose(first, clinic, value)
    answer = second.post(reverse("book_time", args=[clinic.short]), {"time": value})
    assert answer.status_code == 422 and "just been taken" in answer.content.decode()
    assert value not in times(second, clinic, whom=clinic.orla)
    for nonsense in (
        "",
        "|",
        "x|y",
        f"{clinic.orla}|2026-01-01T10:00:00+00:00",
        f"{clinic.ann}|{value.split('|')[1]}",
        "|9999-12-31T12:00:00+00:00",
        "|0001-01-01T00:00:00+14:00",
    ):
        assert second.post(reverse("book_time", args=[clinic.short]), {"time": nonsense}).status_code == 422


def test_what_is_not_offered_online_has_no_page(clinic: Clinic) -> None:
    manager = clinic.actor(clinic.manager, timezone.now())
    services.offer_service(name="sentinel-short", minutes=30, online=False, by=manager, at=timezone.now())
    assert Client().get(reverse("book_time", args=[clinic.short])).status_code == 404
    services.offer_service(
        name="sentinel-long", minutes=60, price_pence=9_000, deposit_pence=3_000, by=manager, at=timezone.now()
    )
    # Nobody books past a deposit: until it can be paid here, they ring.
    assert Client().get(reverse("book_time", args=[clinic.long])).status_code == 404
    assert "deposit of £30" in Client().get(reverse("book")).content.decode()
    assert "sentinel-short" not in Client().get(reverse("book")).content.decode()


def ask_deposit(clinic: Clinic, settings: object) -> None:
    """The longer service asks for one, and a stand-in takes the cards."""
    settings.TROTH_DEMO = True  # type: ignore[attr-defined]
    services.offer_service(
        name="sentinel-long",
        minutes=60,
        price_pence=9_000,
        deposit_pence=3_000,
        by=clinic.actor(clinic.manager, timezone.now()),
        at=timezone.now(),
    )


def choose_time(browser: Client, clinic: Clinic) -> str:
    """The address of the page that asks who comes, once a time of the longer service is chosen."""
    path, on = reverse("book_time", args=[clinic.long]), timezone.localdate() + timedelta(days=3)
    (value, *_) = re.findall(r'name="time" value="([^"]+)"', browser.get(f"{path}?from={on}").content.decode())
    return browser.post(path, {"time": value}).headers["Location"]


def test_a_deposit_is_paid_before_the_visit_is_booked(clinic: Clinic, settings: object) -> None:
    ask_deposit(clinic, settings)
    browser = Client()
    assert "paid when you book" in browser.get(reverse("book")).content.decode()
    details = choose_time(browser, clinic)
    shown = browser.get(details).content.decode()
    assert "a deposit of £30 by card" in shown and re.search(r"<noscript>.*Ring us.*without the deposit", shown, re.S)
    assert browser.post(details, WHO).headers["Location"] == reverse("visit_deposit")
    page = browser.get(reverse("visit_deposit")).content.decode()
    assert "Pay £30" in page and "Your time is kept until" in page and "sentinel" not in page
    assert messages() == [] and "not booked yet" in browser.get(reverse("visit")).content.decode()
    assert browser.post(details, WHO).headers["Location"] == reverse("visit")
    assert (
        "did not take the card"
        in browser.post(reverse("visit_deposit"), {"stand_in": "refused"}, follow=True).content.decode()
    )
    assert Appointment.objects.get().state == "awaiting"
    paid = browser.post(reverse("visit_deposit"), {"stand_in": "taken"}, follow=True)
    assert paid.redirect_chain[-1][0] == reverse("visit") + "?new=1"
    assert "Your visit is booked" in paid.content.decode() and "get your deposit back" in paid.content.decode()
    assert [kind for kind, *_ in messages()] == ["visit_booked"]
    assert browser.get(reverse("visit_deposit")).headers["Location"] == reverse("visit")
    assert Client().get(reverse("visit_deposit")).status_code == 410


def let_go() -> None:
    """The time of whoever is about to pay is kept no longer."""
    with connection.cursor() as cursor:
        ended = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(seconds=1))
        cursor.execute("UPDATE diary_hold SET until = %s", [ended])


def test_whoever_pays_too_late_reads_that_others_can_take_the_time_and_then_that_it_is_not_booked(
    clinic: Clinic, settings: object
) -> None:
    ask_deposit(clinic, settings)
    browser, pay = Client(), reverse("visit_deposit")
    browser.post(choose_time(browser, clinic), WHO)
    assert "kept for you until" in browser.get(reverse("visit")).content.decode()
    let_go()
    for path in (pay, reverse("visit")):
        page = browser.get(path).content.decode()
        assert "others can take it now" in page and "kept for you until" not in page and "is kept until" not in page
    jobs.end_unpaid()
    for answer in (browser.get(pay, follow=True), browser.post(pay, {"stand_in": "taken"}, follow=True)):
        page = answer.content.decode()
        assert "Your visit is not booked</h1>" in page and "Book another visit" in page
        assert "Not paid: nothing was taken" in page or "Let go: nothing was taken" in page
    assert messages() == []


def test_who_cannot_pay_the_deposit_here_is_booked_at_the_desk_without_it(clinic: Clinic, settings: object) -> None:
    ask_deposit(clinic, settings)
    browser = Client()
    browser.post(choose_time(browser, clinic), WHO)
    page, desk = reverse("desk_visit", args=[Appointment.objects.get().pk]), signed_in(clinic.reception)
    assert "Book it without the deposit" in desk.get(page).content.decode()
    assert desk.post(page, {"step": "unpaid"}).status_code == 302
    assert desk.post(page, {"step": "unpaid"}).status_code == 422  # a stale tab
    assert "Book it without the deposit" not in desk.get(page).content.decode()
    assert [kind for kind, *_ in messages()] == ["visit_booked"]
    there = browser.get(reverse("visit_deposit"), follow=True).content.decode()
    assert "not booked yet" not in there and "Pay £30" not in there


def booked(clinic: Clinic, *, ahead: int = 3) -> tuple[Client, Appointment]:
    browser = Client()
    browser.post(choose(browser, clinic, times(browser, clinic, ahead=ahead, whom=clinic.orla)[0]), WHO)
    return browser, Appointment.objects.get()


def test_reception_asks_for_a_deposit_and_it_is_paid_by_the_link(clinic: Clinic, settings: object) -> None:
    settings.TROTH_DEMO = True  # type: ignore[attr-defined]  a stand-in takes the cards
    browser, visit = booked(clinic)
    page, desk = reverse("desk_visit", args=[visit.pk]), signed_in(clinic.reception)
    assert "Ask for the deposit" not in desk.get(page).content.decode()
    by = clinic.actor(clinic.manager, timezone.now())
    services.offer_service(
        name="sentinel-short", minutes=30, price_pence=9_000, deposit_pence=3_000, by=by, at=timezone.now()
    )
    assert "Ask for the deposit" in desk.get(page).content.decode()
    assert desk.post(page, {"step": "deposit"}).status_code == 302
    assert desk.post(page, {"step": "deposit"}).status_code == 422  # a stale tab
    assert [kind for kind, *_ in messages()] == ["visit_booked", "visit_deposit"]
    shown = browser.get(reverse("visit")).content.decode()
    assert "Pay the deposit" in shown and "get your deposit back" not in shown
    paid = browser.post(reverse("visit_deposit"), {"stand_in": "taken"}, follow=True).content.decode()
    assert "get your deposit back" in paid and "Pay the deposit" not in paid
    now = timezone.now()
    keeper, receipt = clinic.actor(clinic.finance, now), Invoice.objects.get(advance=True).pk
    line = billing.set_price(name="sentinel-line", pence=9_000, rate=VatRate.STANDARD, by=keeper, at=now)
    billing.issue(visit.subject_id, lines=[(line, 1)], deposits=[receipt], key=uuid4(), by=keeper, at=now)
    assert "get your deposit back" not in browser.get(reverse("visit")).content.decode()
    assert Appointment.objects.get().state == "booked"


def test_a_link_moves_and_cancels_and_tells_each(clinic: Clinic) -> None:
    browser, visit = booked(clinic)
    on = timezone.localtime(visit.starts_at).date() + timedelta(days=7)
    day = {"on_day": str(on.day), "on_month": str(on.month), "on_year": str(on.year)}
    shown = browser.post(reverse("visit_move"), day).content.decode()
    starts = re.findall(r'name="starts"[^>]*value="([^"]+)"', shown) or re.findall(
        r'value="([^"]+)"[^>]*name="starts"', shown
    )
    assert browser.post(reverse("visit_move"), {**day, "starts": starts[1]}).headers["Location"] == reverse("visit")
    visit.refresh_from_db()
    assert visit.starts_at == datetime.fromisoformat(starts[1])
    assert browser.post(reverse("visit_move"), {**day, "starts": "2026-01-01T10:00:00+00:00"}).status_code == 422
    assert (
        browser.post(reverse("visit_move"), {**day, "on_year": "9999", "on_day": "31", "on_month": "12"}).status_code
        == 422
    )
    assert browser.post(reverse("visit_cancel"), {"because": "other_time"}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == "cancelled" and not visit.late and not Hold.objects.exists()
    assert [kind for kind, *_ in messages()] == ["visit_booked", "visit_moved", "visit_cancelled"]
    assert "STATUS:CANCELLED" in messages()[-1][3] and "STATUS:CONFIRMED" in messages()[1][3]
    assert browser.post(reverse("visit_cancel"), {"because": ""}).status_code == 422
    # By the link no reason is given that only we could have.
    assert browser.post(reverse("visit_cancel"), {"because": "by_us"}).status_code == 422


def test_on_the_day_a_link_moves_nothing_and_cancels_late(clinic: Clinic) -> None:
    browser, visit = booked(clinic)
    service = selectors.token_of(visit.pk)
    soon = visit.starts_at - rules.FREE_UNTIL + timedelta(minutes=1)
    with pytest.raises(rules.NotPossible, match="less than a day"):
        services.move_by_link(service, starts_at=visit.starts_at + timedelta(days=7), by=actors.NOBODY, at=soon)
    services.cancel_by_link(service, by=actors.NOBODY, at=soon)
    visit.refresh_from_db()
    assert visit.late
    assert "cancelled, late" in browser.get(reverse("visit")).content.decode().lower()


def test_a_link_that_is_none_opens_nothing(clinic: Clinic) -> None:
    _, visit = booked(clinic)
    browser = Client()
    browser.get(reverse("visit_link", args=["never-given-out"]))
    for name in ("visit", "visit_move", "visit_cancel", "visit_calendar"):
        assert browser.get(reverse(name)).status_code == 410
        assert Client().get(reverse(name)).status_code == 410
    after = visit.ends_at + rules.DAYS_AFTER
    assert selectors.visit_by_link(selectors.token_of(visit.pk), at=after - timedelta(seconds=1))
    assert selectors.visit_by_link(selectors.token_of(visit.pk), at=after) is None


def test_everybody_is_reminded_once_and_again_when_it_was_moved(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.TROTH_SMS_URL = "https://texts.example/send"  # type: ignore[attr-defined]
    _, visit = booked(clinic, ahead=7)
    day_before = visit.starts_at - rules.REMINDED

    def run(at: datetime) -> list[str]:
        monkeypatch.setattr(jobs.timezone, "now", lambda: at)
        jobs.remind()
        monkeypatch.undo()
        return [row.channel for row in Message.objects.filter(kind="visit_reminder")]

    assert run(day_before - timedelta(seconds=1)) == []
    assert sorted(run(day_before)) == ["email", "sms"]
    assert sorted(run(day_before + timedelta(minutes=10))) == ["email", "sms"]
    reception = clinic.actor(clinic.manager, timezone.now())
    services.move(visit.pk, starts_at=visit.starts_at + timedelta(days=7), by=reception, at=timezone.now())
    assert len(run(day_before + timedelta(days=7))) == 4
    services.cancel(visit.pk, by=reception, at=timezone.now())
    assert len(run(day_before + timedelta(days=7))) == 4
    for kind, text, _, calendar in messages():
        assert "sentinel" not in text + calendar, kind
    told = LedgerEvent.objects.filter(event="diary:visit_reminded")
    assert {(event.actor, event.subject) for event in told} == {("visit-messages", visit.subject_id.hex)}


def test_who_may_not_be_written_to_keeps_nobody_else_from_being_reminded(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    _, first = booked(clinic, ahead=7)
    second = clinic.book(clinic.bob, clinic.dev, first.starts_at, at=now)

    @act(Event.RESTRICTED, purpose=Purpose.RIGHTS)
    def restrict(subject: UUID, *, by: actors.Actor, at: datetime) -> None:
        facts.record(subject, FactKind.RESTRICTION, at=at)

    restrict(first.subject_id, by=actors.person(first.subject_id, at=now), at=now)
    due = first.starts_at - rules.REMINDED
    for at in (due, due + timedelta(minutes=10)):
        monkeypatch.setattr(jobs.timezone, "now", lambda at=at: at)
        jobs.remind()
        monkeypatch.undo()
    told = Message.objects.filter(kind="visit_reminder").values_list("subject_id", flat=True)
    assert list(told) == [clinic.bob]
    assert Appointment.objects.get(pk=second).reminded_for == first.starts_at
    # That one was not booked online, and its link opens it all the same.
    *_, link, _ = next(each for each in messages() if each[0] == "visit_reminder")
    assert rules.said_when(first.starts_at) in follow(link).get(reverse("visit")).content.decode()


def test_one_network_does_not_fill_the_diary_with_times_that_are_kept(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors.links, "_HOLDS_PER_NETWORK", 2)
    browser = Client()
    for _ in range(2):
        choose(browser, clinic, times(browser, clinic)[0])
    answer = browser.post(reverse("book_time", args=[clinic.short]), {"time": times(browser, clinic)[0]})
    assert answer.status_code == 422 and "Too many tries" in answer.content.decode()


def test_whoever_is_signed_in_finds_their_own_visits_and_nobody_elses(clinic: Clinic) -> None:
    now = timezone.now()
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    starts = datetime.combine(monday, datetime.min.time(), tzinfo=timezone.get_current_timezone()).replace(hour=10)
    mine = clinic.book(clinic.ann, clinic.orla, starts, at=now)
    other = clinic.book(clinic.bob, clinic.dev, starts, at=now)
    browser, path = signed_in(clinic.ann), reverse("my_visits")
    page = browser.get(path).content.decode()
    assert "sentinel-short" in page and rules.said_when(starts) in page and "None yet" in page
    assert str(mine) in page and str(other) not in page
    assert browser.get(reverse("my_visit", args=[other])).status_code == 404
    assert browser.get(reverse("my_visit", args=[mine])).headers["Location"] == reverse("visit")
    assert browser.post(reverse("visit_cancel"), {"because": ""}).status_code == 302
    page = browser.get(path).content.decode()
    assert "No visit is ahead" in page and "Cancelled" in page
    assert signed_in(clinic.reception).get(path).status_code in {302, 403, 404}
    assert "/sign-in/" in Client().get(path).headers["Location"]
