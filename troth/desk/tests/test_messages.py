"""Messages between an account and the clinic: who reads which, nothing passed over, nothing told by email, and their end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.contact import rules, selectors, services
from troth.contact.models import About, Conversation, TreatmentMessage, Turn, VisitMessage
from troth.delivery.models import Message
from troth.diary import selectors as diary
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.narrowed import Cell, switched_off, version_of
from troth.gate.narrowing import set_cells
from troth.gate.refusals import Refused
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.people import services as people
from troth.people.tests.factories import browser_of, make_staff
from troth.rights import services as rights
from troth.vault.categories import Category

SignedIn = Callable[[UUID], Client]


@pytest.fixture
def clinic(db: None, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Ann comes to Orla. The tests' people sign in without a password, and so have no account to look for."""
    monkeypatch.setattr(services.people, "has_account", lambda subject: True)
    publish_pack("wellness-clinic")
    made = open_clinic(timezone.now() - timedelta(days=30))
    now = timezone.now()
    on = timezone.localdate(now) + timedelta(days=1)
    while not (free := diary.free_on(made.short, on, made.orla, at=now)):
        on += timedelta(days=1)
    made.book(made.ann, made.orla, free[0].at, at=now)
    return made


def typed(**changed: Any) -> dict[str, str]:
    return {"message": str(uuid4()), "words": "sentinel-words", **changed}


def test_each_kind_is_answered_by_who_may_and_read_by_nobody_else(clinic: Clinic, signed_in: SignedIn) -> None:
    ann, mine = signed_in(clinic.ann), reverse("my_messages")
    assert "ring 999" in ann.get(mine).content.decode()
    wrong = ann.post(mine, typed())
    assert wrong.status_code == 422 and "sentinel-words" in wrong.content.decode()  # about what is not said
    said = typed(about="treatment")
    first = ann.post(mine, said)
    treatment = Conversation.objects.get()
    assert first.headers["Location"] == reverse("my_conversation", args=[treatment.pk])
    assert "sent already" in ann.post(mine, said).content.decode() and Conversation.objects.count() == 1
    assert ann.post(mine, typed(about="visits", words="sentinel-visit")).status_code == 302
    visits = Conversation.objects.get(about="visits")

    orla, desk = signed_in(clinic.orla), reverse("desk_messages")
    one, other = reverse("desk_conversation", args=[treatment.pk]), reverse("desk_conversation", args=[visits.pk])
    assert one in orla.get(desk).content.decode()
    page = orla.get(one).content.decode()
    assert "sentinel-words" in page and 'name="read" value="1"' in page
    assert TreatmentMessage.objects.get().read_at is not None
    reception = signed_in(clinic.reception)
    listed = reception.get(desk).content.decode()
    assert other in listed and one not in listed and "1 new" in listed and "sentinel" not in listed
    assert "sentinel-visit" in reception.get(other).content.decode()
    for who in (clinic.reception, clinic.dev, clinic.marketing, clinic.finance, clinic.bob):
        answer = signed_in(who).get(one)
        assert answer.status_code in (403, 404) and b"sentinel-words" not in answer.content
        assert signed_in(who).post(one, typed(read="1")).status_code in (403, 404)
        assert signed_in(who).post(one, {"close": "yes", "read": "2"}).status_code in (403, 404)
    bob = signed_in(clinic.bob)
    assert bob.get(reverse("my_conversation", args=[treatment.pk])).status_code == 403
    assert bob.post(reverse("my_conversation", args=[treatment.pk]), typed()).status_code == 403

    # What came in meanwhile is not passed over; the email says nothing of it.
    assert ann.post(reverse("my_conversation", args=[treatment.pk]), typed(words="sentinel-more")).status_code == 302
    stale = orla.post(one, typed(words="sentinel-answer", read="1"))
    assert stale.status_code == 422 and "written meanwhile" in stale.content.decode()
    assert "sentinel-answer" in stale.content.decode() and TreatmentMessage.objects.count() == 2
    assert 'name="read" value="2"' in stale.content.decode()  # it can be sent from there
    assert orla.post(one, typed(words="sentinel-answer")).status_code == 422  # what was read is not said
    assert orla.post(one, typed(words="sentinel-answer", read="2")).status_code == 302
    now = timezone.now()
    with processing(Purpose.RIGHTS, by=actors.person(clinic.ann, at=now), at=now):
        sent = Message.objects.get(kind="message_waits")
        assert "sentinel" not in f"{sent.line}{sent.text}{sent.html}" and "Orla" not in f"{sent.text}"
    assert selectors.count_unread(clinic.ann) == 1
    assert "A message from us waits" in ann.get(reverse("my_home")).content.decode()
    assert "sentinel-answer" in ann.get(reverse("my_conversation", args=[treatment.pk])).content.decode()
    assert selectors.count_unread(clinic.ann) == 0

    for unread in (
        {},
        {"read": "2"},
        {"read": "x"},
    ):  # their own answer, and what came in before it, was not before them
        refused = orla.post(one, {"close": "yes", **unread})
        assert refused.status_code == 422 and "Read it before you close" in refused.content.decode()
    assert 'id="close_read"' in refused.content.decode() and 'value="3"' in refused.content.decode()
    assert orla.post(one, {"close": "yes", "read": "3"}).status_code == 302
    assert orla.post(one, {"close": "yes", "read": "3"}).status_code == 422
    closed = ann.post(reverse("my_conversation", args=[treatment.pk]), typed())
    assert closed.status_code == 422 and "closed" in closed.content.decode()


def test_the_card_shows_what_was_sent_and_staff_begin_a_conversation(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    reception, path = signed_in(clinic.reception), reverse("desk_messages_of", args=[clinic.ann])
    assert reception.get(path).status_code == 403  # nothing connects them for messages yet
    reception.post(reverse("desk_find"), {"q": "oddie", "reason": "on_the_telephone"})
    assert path in reception.get(reverse("desk_card", args=[clinic.ann])).content.decode()
    page = reception.get(path).content.decode()
    assert "Your visit is booked" in page and "My treatment" not in page
    assert reception.post(path, typed(about="treatment")).status_code == 422  # no kind of theirs
    assert reception.post(path, typed(about="visits")).status_code == 302
    assert VisitMessage.objects.get().by_staff and selectors.count_unread(clinic.ann) == 1
    with monkeypatch.context() as patched:
        patched.setattr(services.people, "has_account", lambda subject: False)
        assert "no account here" in reception.post(path, typed(about="visits")).content.decode()
    # Whoever stopped the use of their record reads on; nothing about them is written, and nothing more is written to them.
    assert "Your message" in signed_in(clinic.ann).get(reverse("my_messages")).content.decode()
    now = timezone.now()
    ann = actors.person(clinic.ann, at=now)
    rights.restrict(clinic.ann, by=ann, at=now)
    conversation = reverse("my_conversation", args=[Conversation.objects.get().pk])
    assert "sentinel-words" in signed_in(clinic.ann).get(conversation).content.decode()
    for mine in (conversation, reverse("my_messages")):
        page = signed_in(clinic.ann).get(mine).content.decode()
        assert "Your message" not in page and "You asked us to stop" in page
        late = signed_in(clinic.ann).post(mine, typed(about="visits", words="sentinel-late"))
        assert late.status_code == 422 and "sentinel-late" in late.content.decode()  # of a page that was open before
    assert reception.post(path, typed(about="visits")).status_code == 403


def test_a_person_writes_no_flood_and_only_words(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    ann = actors.person(clinic.ann, at=now)
    monkeypatch.setattr(rules, "A_DAY", 2)
    for words in ("", "  ", "x" * (rules.LONGEST + 1)):
        with pytest.raises(rules.NotPossible):
            services.write_to_us(clinic.ann, words=words, message=uuid4(), by=ann, at=now)
    for _ in range(2):
        services.write_to_us(clinic.ann, words="x", message=uuid4(), by=ann, at=now)
    with pytest.raises(rules.NotPossible, match="many messages"):
        services.write_to_us(clinic.ann, words="x", message=uuid4(), by=ann, at=now)
    services.write_to_us(clinic.ann, words="x", message=uuid4(), by=ann, at=now + timedelta(days=2))


def test_messages_about_visits_go_when_their_time_is_over_and_others_stay(clinic: Clinic) -> None:
    now = timezone.now()
    ann, orla = actors.person(clinic.ann, at=now), actors.person(clinic.orla, at=now)
    for about in About:
        made = services.write_to_us(clinic.ann, words="x", message=uuid4(), about=about, by=ann, at=now)
        services.close_conversation(made, read=1, by=orla, at=now)
    services.write_to_us(clinic.ann, words="x", message=uuid4(), by=ann, at=now)  # is not closed
    rights.dispose_of_what_is_over(at=now + timedelta(days=170))
    assert VisitMessage.objects.count() == 2 and Conversation.objects.count() == 3
    rights.dispose_of_what_is_over(at=now + timedelta(days=190))
    assert VisitMessage.objects.count() == 1 and Conversation.objects.count() == 3
    open_ = Conversation.objects.get(turn=Turn.OURS.value)
    assert VisitMessage.objects.get().conversation == open_.pk
    with processing(Purpose.RIGHTS, Action.EXPORT, by=ann, at=now):
        assert TreatmentMessage.objects.get().words == "x"


def test_what_was_answered_and_what_nobody_answers_ends_too(clinic: Clinic) -> None:
    """Nobody closes them: the one is over from its last message, the other a year after it."""
    now = timezone.now()
    ann, reception = actors.person(clinic.ann, at=now), actors.person(clinic.reception, at=now)
    waiting, answered = [
        services.write_to_us(clinic.ann, words="x", message=uuid4(), by=ann, at=now) for _ in range(2)
    ]
    services.write_to_them(
        clinic.ann, words="x", message=uuid4(), conversation=answered, read=1, by=reception, at=now
    )
    rights.dispose_of_what_is_over(at=now + timedelta(days=170))
    assert VisitMessage.objects.count() == 3
    rights.dispose_of_what_is_over(at=now + timedelta(days=190))
    assert VisitMessage.objects.get().conversation == waiting
    rights.dispose_of_what_is_over(at=now + timedelta(days=365 + 170))
    assert VisitMessage.objects.exists()
    rights.dispose_of_what_is_over(at=now + timedelta(days=365 + 190))
    assert not VisitMessage.objects.exists()


def test_whom_nobody_treats_is_told_to_ring_and_what_nobody_hears_is_passed_on(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    now = timezone.now()
    register = notices.register_in_force(now)

    def write(who: UUID, at: datetime, about: About = About.TREATMENT) -> UUID:
        return services.write_to_us(who, words="x", message=uuid4(), about=about, by=actors.person(who, at=at), at=at)

    with pytest.raises(rules.NotPossible, match="Ring us"):
        write(clinic.bob, now)  # comes to nobody
    assert not Conversation.objects.exists()
    write(clinic.bob, now, About.VISITS)
    made = write(clinic.ann, now)
    assert selectors.with_unheard(register, at=now) == set()
    then = now + timedelta(days=100)
    services.write_to_us(
        clinic.ann,
        words="y",
        message=uuid4(),
        about=About.TREATMENT,
        conversation=made,
        by=actors.person(clinic.ann, at=then),
        at=then,
    )
    late = now + timedelta(days=430)  # thirteen months after her visit
    assert selectors.with_unheard(register, at=late) == {clinic.ann}
    assert selectors.with_unheard(register, at=then + timedelta(days=367)) == set()  # nobody waits any more
    for conversation in (made, None):
        with pytest.raises(rules.NotPossible, match="Ring us"):
            ann = actors.person(clinic.ann, at=late)
            services.write_to_us(
                clinic.ann,
                words="x",
                message=uuid4(),
                about=About.TREATMENT,
                conversation=conversation,
                by=ann,
                at=late,
            )
    # A visit to somebody whose role does not answer, since she left.
    listed, about = reverse("desk_messages"), reverse("desk_messages_of", args=[clinic.ann])
    reception = signed_in(clinic.reception)
    assert about not in reception.get(listed).content.decode() and reception.get(about).status_code == 403
    people.leave_staff(clinic.orla, by=actors.person(clinic.administrator, at=now), at=now)
    # Reception sees that it waits and from whom, and none of its words.
    assert about in reception.get(listed).content.decode()
    page = reception.get(about).content.decode()
    assert "Oddie" in page and "My treatment" not in page
    assert reception.get(reverse("desk_conversation", args=[made])).status_code == 403
    assert about not in signed_in(clinic.dev).get(listed).content.decode()


def test_a_message_is_its_writers_own_and_answered_by_a_colleague(clinic: Clinic, signed_in: SignedIn) -> None:
    now = timezone.now()
    orla = actors.person(clinic.orla, at=now)
    with pytest.raises(Refused):
        services.write_to_us(clinic.ann, words="x", message=uuid4(), about=About.TREATMENT, by=orla, at=now)
    reception = actors.person(clinic.reception, at=now)
    own = services.write_to_us(clinic.reception, words="x", message=uuid4(), by=reception, at=now)
    path = reverse("desk_conversation", args=[own])
    with pytest.raises(rules.NotPossible, match="your own"):
        services.close_conversation(own, read=1, by=reception, at=now)
    with pytest.raises(rules.NotPossible, match="your own"):
        services.write_to_them(
            clinic.reception, words="x", message=uuid4(), conversation=own, read=1, by=reception, at=now
        )
    desk = signed_in(clinic.reception)
    assert path not in desk.get(reverse("desk_messages")).content.decode()
    assert selectors.count_waiting(reception, notices.register_in_force(now), at=now) == 0
    assert "Send it" not in desk.get(path).content.decode()
    assert path in signed_in(clinic.manager).get(reverse("desk_messages")).content.decode()


def test_who_may_read_and_not_write_opens_it_and_marks_nothing(clinic: Clinic, signed_in: SignedIn) -> None:
    now = timezone.now()
    made = services.write_to_us(
        clinic.ann, words="sentinel-words", message=uuid4(), by=actors.person(clinic.ann, at=now), at=now
    )
    by = actors.person(clinic.administrator, at=now)
    off = {Cell("receptionist", Category.CORRESPONDENCE, Action.WRITE)}
    set_cells(off, read=version_of(switched_off()), by=by, at=now)
    page = signed_in(clinic.reception).get(reverse("desk_conversation", args=[made]))
    assert page.status_code == 200 and "sentinel-words" in page.content.decode()
    assert "Send it" not in page.content.decode() and VisitMessage.objects.get().read_at is None
    # A person's own number, where that of a conversation belongs, is one that nobody has.
    for who in (clinic.reception, clinic.ann):
        assert signed_in(clinic.reception).get(reverse("desk_conversation", args=[who])).status_code == 403
        assert signed_in(clinic.ann).get(reverse("my_conversation", args=[who])).status_code == 403
    ann = actors.person(clinic.ann, at=now)
    for act in (services.note_read, partial(services.close_conversation, read=1)):
        with pytest.raises(Refused):
            act(clinic.ann, by=ann, at=now)


def test_a_notice_without_messages_has_no_such_page(notice_in_force: None) -> None:
    desk = browser_of(make_staff("patient_support", at=timezone.now() - timedelta(hours=1), email="p@clinic.example"))
    for path in (reverse("desk_messages"), reverse("desk_messages_of", args=[uuid4()]), reverse("my_messages")):
        assert desk.get(path).status_code == 404
