"""Letters: from a template, read through, signed, and kept as a PDF among the files of the card."""

import re
from collections.abc import Callable
from uuid import UUID

from django.test import Client
from django.urls import reverse

from troth.desk.tests.conftest import Clinic
from troth.ledger.models import LedgerEvent
from troth.records import services
from troth.records.models import DocumentReference, Release, TemplateKind

SignedIn = Callable[[UUID], Client]


def test_a_letter_is_written_read_through_and_kept_once(clinic: Clinic, signed_in: SignedIn) -> None:
    services.publish_template(
        TemplateKind.LETTER,
        title="To their GP",
        body="Dear colleague,\n\n{name}, born {born}, was here. {author} of {clinic}, {date}.",
        by=clinic.actor(clinic.prescriber),
        at=clinic.at,
    )
    desk = signed_in(clinic.prescriber)
    path = reverse("desk_letter_new", args=[clinic.subject])
    assert path in desk.get(reverse("desk_card", args=[clinic.subject])).content.decode()
    assert "To their GP" in desk.get(path).content.decode()
    begun = desk.post(path, {"use": "to-their-gp"}).content.decode()
    assert "Dr Sorcha Dunleavy of" in begun and "{name}" not in begun and "Sign and keep it" not in begun
    document = re.search(r'name="document" value="([^"]*)"', begun)[1]  # type: ignore[index]
    said = {
        "document": document,
        "title": "sentinel-title",
        "to": "李明\nA street",  # letters that the face of the paper has not
        "words": "sentinel-words 🙂\n\nand more",
        "release": "released",
    }
    missing = desk.post(path, {**said, "to": "", "keep": "yes"})
    assert missing.status_code == 422 and "Enter to whom it goes" in missing.content.decode()
    shown = desk.post(path, said).content.decode()
    assert "As it will stand" in shown and "Sign and keep it" in shown and not DocumentReference.objects.exists()
    said["read"] = re.search(r'name="read" value="([^"]*)"', shown)[1]  # type: ignore[index]
    changed = desk.post(path, {**said, "words": "other words", "keep": "yes"}).content.decode()
    assert "other words" in changed and not DocumentReference.objects.exists()
    assert desk.post(path, {**said, "keep": "yes"}).headers["Location"].endswith("?done=letter-kept")
    again = desk.post(path, {**said, "keep": "yes"})
    assert "kept already" in again.content.decode()
    row = DocumentReference.objects.get()
    assert str(row.pk) == document and row.release == Release.RELEASED
    assert "sentinel-title" in desk.get(reverse("desk_card", args=[clinic.subject])).content.decode()
    content = b"".join(desk.get(reverse("desk_file", args=[row.pk])).streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF-")
    assert LedgerEvent.objects.filter(event="records:letter_written", subject=clinic.subject.hex).count() == 1
    for who in (clinic.support, clinic.colleague, clinic.finance):
        assert signed_in(who).get(path).status_code in (403, 404)
        assert signed_in(who).post(path, {**said, "keep": "yes"}).status_code in (403, 404)


def test_words_of_ones_own_may_wait_for_an_opinion_on_release(clinic: Clinic, signed_in: SignedIn) -> None:
    path = reverse("desk_letter_new", args=[clinic.subject])
    desk = signed_in(clinic.prescriber)
    begun = desk.post(path, {"use": "-"}).content.decode()
    document = re.search(r'name="document" value="([^"]*)"', begun)[1]  # type: ignore[index]
    said = {"document": document, "title": "A note", "to": "Them", "words": "Words", "release": "held"}
    said["read"] = re.search(r'name="read" value="([^"]*)"', desk.post(path, said).content.decode())[1]  # type: ignore[index]
    assert desk.post(path, {**said, "keep": "yes"}).status_code == 302
    assert DocumentReference.objects.get().release == Release.HELD
