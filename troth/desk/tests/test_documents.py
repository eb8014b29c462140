"""Documents at the desk and in the portal: sent, seen beside the record by an assistant and nobody else, decided, and gone."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from troth.desk.tests.conftest import Clinic
from troth.gate import actors
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.tests.factories import browser_of, make_staff
from troth.prescribing.selectors import identifying


def photograph() -> SimpleUploadedFile:
    into = BytesIO()
    Image.new("RGB", (40, 30), "white").save(into, "JPEG")
    return SimpleUploadedFile("sentinel.jpg", into.getvalue(), content_type="image/jpeg")


def test_a_document_is_sent_seen_by_an_assistant_alone_and_decided(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    now = timezone.now()
    with processing(Purpose.IDENTITY_CHECK, by=actors.person(clinic.subject, at=now), at=now) as opened:
        who = people.get_identity(clinic.subject, opened)
    assert who is not None and who.born_on is not None
    born = who.born_on
    year = f"{born.year % 100:02}"
    name = "".join(sign for sign in who.family_name.upper() if sign.isalpha())[:5].ljust(5, "9")
    number = f"{name}{year[0]}{born.month:02}{born.day:02}{year[1]}{who.given_name[0].upper()}99AB"
    patient, page = browser_of(clinic.subject), reverse("my_identity")
    assert Client().get(page).headers["Location"] == reverse("sign_in")
    wrong = patient.post(page, {"kind": "passport", "typed": "P<UTO", "file": photograph()})
    assert wrong.status_code == 422 and "P&lt;UTO" in wrong.content.decode()
    assert patient.post(page, {"kind": "licence", "typed": number, "file": photograph()}).status_code == 302
    assert "somebody looks at it" in patient.get(page).content.decode()
    check = identifying.list_waiting()[0].id
    one, seen = reverse("desk_document", args=[check]), reverse("desk_document_picture", args=[check])
    assistant = browser_of(make_staff("healthcare_assistant", email="assistant@clinic.example"))
    for path in (one, seen):
        for stranger in (clinic.support, clinic.prescriber, clinic.other):
            assert signed_in(stranger).get(path).status_code in (403, 404)
        assert patient.get(path).status_code in (403, 404)
    assert "1 document waits to be looked at" in assistant.get(reverse("desk_home")).content.decode()
    assert one in assistant.get(reverse("desk_documents")).content.decode()
    shown = assistant.get(one).content.decode()
    assert "Fits the record" in shown and number not in shown
    assert b"".join(assistant.get(seen)).startswith(b"\xff\xd8")  # type: ignore[call-overload]
    assert assistant.post(one, {"result": "verified"}).status_code == 422
    assert assistant.post(one, {"result": "verified", "words": "Face and name fit."}).status_code == 302
    assert identifying.list_waiting() == []
    assert "made sure that it is you" in patient.get(page).content.decode()
