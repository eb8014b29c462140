"""What comes from GPs on the desk: taken in by who may not read it, filed by who may."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.delivery.tests.mesh import THEIRS, LocalMesh
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.tests.factories import browser_of
from troth.prescribing import services
from troth.prescribing.models import GpMessage, GpNotice, GpNoticeState, GpState, MessageState
from troth.prescribing.tests.conftest import Clinic, clinic, send  # noqa: F401 - a fixture
from troth.prescribing.tests.test_asking import agree, ask
from troth.prescribing.tests.test_carrying import mesh  # noqa: F401 - a fixture
from troth.records.models import DocumentReference
from troth.vault.categories import Category

LIST = "/desk/from-gps/"


def owed(clinic: Clinic, *, days: int = 0) -> UUID:  # noqa: F811
    """A letter left so many days ago."""
    at = timezone.now()
    agree(clinic)
    letter = ask(clinic, send(clinic), at=at)
    services.post_gp_letter(letter, by=clinic.prescriber, at=at)
    if days:
        _age(letter, days, by=clinic.prescriber, at=at)
    return letter


@act(Event.GP_LETTER_SENT, purpose=Purpose.GP_CORRESPONDENCE)
def _age(letter: UUID, days: int, *, by: Actor, at: datetime) -> None:
    row = GpNotice.objects.get(pk=letter)
    acting().require(row.subject_id, Category.HEALTH)
    row.sent_at = at - timedelta(days=days)
    row.save(update_fields=["sent_at"])


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("x.pdf", b"%PDF-1.7 sentinel-records", content_type="application/pdf")


def came() -> dict[str, object]:
    today = timezone.localdate()
    day = {"came_on_day": today.day, "came_on_month": today.month, "came_on_year": today.year}
    return {"act": "take_in", "way": "post", "file": paper(), **day}


def test_reception_takes_an_answer_in_and_can_read_nothing_of_it(clinic: Clinic) -> None:  # noqa: F811
    letter = owed(clinic)
    support, path = browser_of(clinic.support.id), reverse("desk_gp_answer", args=[letter])
    page = support.get(LIST).content.decode()
    assert path in page and "May come any day" in page and "MESH mailbox" not in page
    page = support.get(path).content.decode()
    assert "Tanyard" not in page and "medicines" not in page and "Ask once more" not in page
    assert support.post(path, {"act": "take_in"}).status_code == 422
    assert support.post(path, came())["Location"].startswith(LIST)
    assert "with a clinician" in support.get(LIST).content.decode()
    assert "Take it in" not in support.get(path).content.decode()
    for name in ("desk_gp_taken_in", "desk_gp_letter", "desk_gp_paper"):
        assert support.get(reverse(name, args=[letter])).status_code == 403
    for wrong in (clinic.finance, clinic.prescriber, clinic.pharmacist):
        assert browser_of(wrong.id).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_the_prescriber_keeps_it_or_says_that_it_belongs_elsewhere(clinic: Clinic) -> None:  # noqa: F811
    letter = owed(clinic)
    support, path = browser_of(clinic.support.id), reverse("desk_gp_answer", args=[letter])
    prescriber, own = browser_of(clinic.prescriber.id), reverse("desk_gp_letter", args=[letter])
    support.post(path, came())
    assert own in prescriber.get(LIST).content.decode()
    page = prescriber.get(own).content.decode()
    assert "It belongs elsewhere" in page and "Keep the answer" not in page
    assert "It belongs elsewhere" not in browser_of(clinic.pharmacist.id).get(own).content.decode()
    file = prescriber.get(reverse("desk_gp_taken_in", args=[letter]))
    assert b"sentinel-records" in b"".join(file.streaming_content) and "attachment" in file["Content-Disposition"]
    assert prescriber.post(own, {"act": "put_back"}).status_code == 302
    waits = GpMessage.objects.get()
    assert waits.state == MessageState.WAITING
    page = prescriber.get(reverse("desk_gp_message", args=[waits.pk])).content.decode()
    assert "by post, and taken in at the desk" in page
    assert prescriber.get(reverse("desk_gp_taken_in", args=[letter])).status_code == 403
    support.post(path, came())
    assert prescriber.post(own, {"act": "keep_taken_in", "looked-words": "Nothing of note."}).status_code == 302
    assert GpNotice.objects.get().state == GpNoticeState.ANSWERED and DocumentReference.objects.count() == 1


def test_reception_asks_once_more_when_the_fortnight_is_over(clinic: Clinic) -> None:  # noqa: F811
    letter = owed(clinic, days=15)
    support, path = browser_of(clinic.support.id), reverse("desk_gp_answer", args=[letter])
    assert "Late" in support.get(LIST).content.decode()
    assert "Ask once more" in support.get(path).content.decode()
    assert support.post(path, {"act": "remind"}).status_code == 302
    assert GpNotice.objects.get().state == GpNoticeState.DUE
    page = support.get(LIST).content.decode()
    assert "Seen to, and with whoever asked" in page and "Late" not in page
    assert support.post(path, {"act": "remind"}).status_code == 422  # from an old page


def test_reception_reads_the_same_of_a_reminder_whether_it_may_go_or_not(clinic: Clinic) -> None:  # noqa: F811
    letter = owed(clinic, days=15)
    services.choose_gp(clinic.subject, state=GpState.WITHDRAWN, by=clinic.ann, at=timezone.now())
    support, path = browser_of(clinic.support.id), reverse("desk_gp_answer", args=[letter])
    page = support.post(path, {"act": "remind"}, follow=True).content.decode()
    assert "goes once more where it may" in page and "Seen to, and with whoever asked" in page and "Late" not in page
    assert GpNotice.objects.get().state == GpNoticeState.SENT
    assert "Ask once more" not in support.get(path).content.decode()


def test_a_message_that_is_too_large_is_told_to_its_sender(
    clinic: Clinic,  # noqa: F811
    mesh: LocalMesh,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("troth.delivery.services.inbox.LARGEST", 1)
    number = mesh.deposit(b"xx")
    services.read_mailbox(at=timezone.now())
    path = reverse("desk_gp_message", args=[GpMessage.objects.get().pk])
    pharmacist = browser_of(clinic.pharmacist.id)
    assert "Too large to be taken in" in pharmacist.get(LIST).content.decode()
    assert number in pharmacist.get(path).content.decode()
    assert browser_of(clinic.support.id).post(path).status_code == 403
    assert pharmacist.post(path).status_code == 302
    assert pharmacist.get(path).status_code == 404 and GpMessage.objects.get().why == "too_large"


def test_a_clinician_reads_a_message_and_says_whose_it_is(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    owed(clinic)
    mesh.deposit(b"%PDF-1.7 sentinel-records")
    services.read_mailbox(at=timezone.now())
    message = GpMessage.objects.get().pk
    path, file = reverse("desk_gp_message", args=[message]), reverse("desk_gp_message_file", args=[message])
    for wrong in (clinic.support, clinic.finance, clinic.assistant):
        for each in (path, file):
            assert browser_of(wrong.id).get(each).status_code == 403
    prescriber = browser_of(clinic.prescriber.id)
    assert "1 message from a GP waits" in prescriber.get("/desk/").content.decode()
    assert path in prescriber.get(LIST).content.decode()
    page = prescriber.get(path).content.decode()
    assert str(clinic.subject) in page and "records.pdf" not in page and THEIRS in page
    answer = prescriber.get(file)
    assert b"sentinel-records" in b"".join(answer.streaming_content)
    assert answer["Content-Disposition"] == f'attachment; filename="message-{message.hex[:8]}.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert "Nobody to choose from" in browser_of(clinic.colleague.id).get(path).content.decode()
    assert prescriber.post(path, {"act": "file"}).status_code == 422
    filed = {"act": "file", "file-subject": str(clinic.subject)}
    assert prescriber.post(path, filed).status_code == 422, "nobody says for them that it is the answer"
    assert prescriber.post(path, {**filed, "file-answers": "yes"}).status_code == 302
    assert GpMessage.objects.get().state == MessageState.FILED and DocumentReference.objects.count() == 1
    assert prescriber.get(path).status_code == 404 and prescriber.get(file).status_code == 404


def test_a_message_for_nobody_here_is_set_aside_with_a_reason(clinic: Clinic, mesh: LocalMesh) -> None:  # noqa: F811
    mesh.deposit(b"x")
    services.read_mailbox(at=timezone.now())
    path = reverse("desk_gp_message", args=[GpMessage.objects.get().pk])
    pharmacist = browser_of(clinic.pharmacist.id)
    assert pharmacist.post(path, {"act": "aside"}).status_code == 422
    assert pharmacist.post(path, {"act": "aside", "aside-why": "not_ours"}).status_code == 302
    assert GpMessage.objects.get().why == "not_ours"
