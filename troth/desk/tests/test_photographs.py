"""Photographs: by consent alone, made anew without what a camera wrote, compared, and closed at once when consent is taken back."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from conftest import publish_pack
from troth.consent import services as consents
from troth.consent.models import How
from troth.diary import selectors as diary
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.records.models.photographs import Photograph, Stage
from troth.records.rules import NotPossible, pictures
from troth.records.services import photographs
from troth.records.services.photographs import add_photograph
from troth.vault import files
from troth.vault.uploads import SealedUpload

SignedIn = Callable[[UUID], Client]


def camera(colour: str = "red", size: tuple[int, int] = (40, 20), kind: str = "JPEG") -> bytes:
    """A picture as a telephone makes it: turned on its side, with where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "sentinel-camera", {1: "N", 2: (52.0, 22.0, 5.0)}
    into = BytesIO()
    Image.new("RGB", size, colour).save(into, kind, exif=exif)
    return into.getvalue()


def test_a_picture_is_made_anew_upright_and_bare() -> None:
    sent = camera()
    assert b"sentinel-camera" in sent
    made = pictures.make_anew(sent)
    for each in (made.whole, made.small):
        with Image.open(BytesIO(each)) as found:
            assert found.format == "JPEG" and found.size == (20, 40) and not found.getexif()
        assert b"sentinel" not in each and b"Exif" not in each
    with Image.open(BytesIO(pictures.make_anew(camera(size=(4000, 100), kind="PNG")).small)) as found:
        assert max(found.size) == pictures.SMALL_SIDE


def test_what_is_no_picture_or_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (b"", b"<svg/>", b"%PDF-1.7", camera()[:60], b"GIF89a" + bytes(40)):
        with pytest.raises(NotPossible, match="no photograph"):
            pictures.make_anew(wrong)
    monkeypatch.setattr(pictures, "MOST_POINTS", 100)
    with pytest.raises(NotPossible, match="too many points"):
        pictures.make_anew(camera())
    monkeypatch.setattr(pictures, "LARGEST", 10)
    with pytest.raises(NotPossible, match="25 MB"):
        pictures.make_anew(camera())


@pytest.fixture
def clinic(db: None) -> Clinic:
    """A clinic, and somebody who comes soon."""
    publish_pack("wellness-clinic")
    made = open_clinic(timezone.now() - timedelta(days=30))
    now = timezone.now()
    on = timezone.localdate(now) + timedelta(days=1)
    while not (free := diary.free_on(made.short, on, made.orla, at=now)):
        on += timedelta(days=1)
    made.book(made.ann, made.orla, free[0].at, at=now)
    return made


def agree(clinic: Clinic) -> None:
    now = timezone.now()
    consents.give(clinic.ann, Purpose.PHOTOGRAPHY, how=How.PORTAL, by=actors.person(clinic.ann, at=now), at=now)


def typed(**changed: Any) -> dict[str, Any]:
    today = timezone.localdate()
    day = {"taken_on_day": str(today.day), "taken_on_month": str(today.month), "taken_on_year": str(today.year)}
    sent = {"file": SimpleUploadedFile("IMG_sentinel-name.jpg", camera(), "image/jpeg")}
    return {"photograph": str(uuid4()), "stage": "before", "part": "sentinel-part", **day, **sent, **changed}


def test_a_photograph_needs_consent_and_closes_with_it(clinic: Clinic, signed_in: SignedIn) -> None:
    desk = signed_in(clinic.orla)
    shown, new = reverse("desk_photographs", args=[clinic.ann]), reverse("desk_photograph_new", args=[clinic.ann])
    assert shown in desk.get(reverse("desk_card", args=[clinic.ann])).content.decode()
    refused = desk.get(shown).content.decode()
    assert "say so at reception" in refused and "Add a photograph" not in refused
    assert (
        reverse("desk_task_new", args=[clinic.ann]) in refused
    )  # the way on, for whoever may not write consent down
    assert desk.post(new, typed()).status_code == 403 and not Photograph.objects.exists()
    agree(clinic)
    assert "No photographs yet" in desk.get(shown).content.decode()
    assert desk.post(new, typed()).headers["Location"] == f"{shown}?done=photograph-added"
    row = Photograph.objects.get()
    assert "sentinel-part" in desk.get(shown).content.decode()
    picture = reverse("desk_photograph", args=[row.pk])
    content = b"".join(desk.get(picture).streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"\xff\xd8\xff") and b"sentinel" not in content
    assert desk.get(f"{picture}?small").status_code == 200
    for who in (clinic.reception, clinic.dev, clinic.marketing, clinic.manager):
        for path in (shown, new, picture, reverse("desk_photograph_compare", args=[clinic.ann])):
            assert b"sentinel-part" not in signed_in(who).get(path).getvalue()
        assert signed_in(who).get(picture).status_code in (403, 404)
    now = timezone.now()
    consents.take_back(clinic.ann, Purpose.PHOTOGRAPHY, by=actors.person(clinic.ann, at=now), at=now)
    assert "sentinel-part" not in desk.get(shown).content.decode()
    assert desk.get(picture).status_code == 403 and desk.post(new, typed()).status_code == 403
    assert LedgerEvent.objects.filter(event="records:photographed", subject=clinic.ann.hex).count() == 1


def test_what_is_sent_twice_or_is_no_picture_is_kept_once_or_not_at_all(clinic: Clinic, signed_in: SignedIn) -> None:
    agree(clinic)
    desk, new = signed_in(clinic.orla), reverse("desk_photograph_new", args=[clinic.ann])
    before = {path for path in files.path_of("00").parent.parent.rglob("*") if path.is_file()}
    wrong = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = desk.post(new, typed(file=wrong))
    assert answer.status_code == 422 and "no photograph" in answer.content.decode()
    tomorrow = date.today() + timedelta(days=2)
    ahead = {"taken_on_day": tomorrow.day, "taken_on_month": tomorrow.month, "taken_on_year": tomorrow.year}
    assert "yet to come" in desk.post(new, typed(**ahead)).content.decode()
    said = typed()
    assert desk.post(new, said).status_code == 302
    again = desk.post(new, typed(photograph=said["photograph"]))
    assert "kept already" in again.content.decode() and Photograph.objects.count() == 1
    after = {path for path in files.path_of("00").parent.parent.rglob("*") if path.is_file()}
    assert len(after - before) == 2  # the photograph, whole and small: nothing of what was sent


def test_two_at_once_are_answered_and_half_a_photograph_leaves_nothing(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(clinic)
    now = timezone.now()

    def add(photograph: UUID) -> None:
        sent = SealedUpload(files.store([camera()], name="x.jpg", media_type="image/jpeg"), "image/jpeg", None)
        add_photograph(
            clinic.ann,
            upload=sent,
            stage=Stage.BEFORE,
            part="",
            taken_on=timezone.localdate(now),
            photograph=photograph,
            by=actors.person(clinic.orla, at=now),
            at=now,
        )

    key, kept, store = uuid4(), [], files.store
    with monkeypatch.context() as patched, pytest.raises(NotPossible, match="kept already"):
        hold = photographs.hold
        patched.setattr(photographs, "hold", lambda subject: (patched.setattr(photographs, "hold", hold), add(key)))
        add(key)

    def run_full(*said: Any, **named: Any) -> Any:
        """The disk has room for the first of two."""
        if named["name"] == "photograph.jpg" and kept:
            raise OSError("No space left on device")
        made = store(*said, **named)
        kept.extend([made] if named["name"] == "photograph.jpg" else [])
        return made

    monkeypatch.setattr(files, "store", run_full)
    with pytest.raises(OSError, match="No space"):
        add(uuid4())
    assert len(kept) == 1 and not files.path_of(kept[0].place).exists()


def test_two_are_compared_the_earlier_first(clinic: Clinic, signed_in: SignedIn) -> None:
    agree(clinic)
    desk, new = signed_in(clinic.orla), reverse("desk_photograph_new", args=[clinic.ann])
    path = reverse("desk_photograph_compare", args=[clinic.ann])
    assert "not two photographs" in desk.get(path).content.decode()
    desk.post(new, typed(stage="after", part="later"))
    desk.post(new, typed(part="earlier", taken_on_year="2025"))
    shown = desk.get(path).content.decode()
    assert shown.index("Before: earlier") < shown.index("After: later") and shown.count("<figure>") == 2
    one, two = (str(each) for each in Photograph.objects.values_list("pk", flat=True))
    assert desk.get(path, {"one": one, "two": two}).content.decode().count("<figure>") == 2
    # What was asked for stays asked for: no other pair is shown in its place.
    for asked, words in (
        ({"one": one, "two": one}, "this one is the first already"),
        ({"one": one, "two": str(uuid4())}, "Choose one of the photographs"),
        ({"one": one}, "Choose one of the photographs"),
    ):
        answer = desk.get(path, asked)
        shown = answer.content.decode()
        assert answer.status_code == 422 and words in shown and "<figure>" not in shown
        assert shown.count(f'<option value="{one}" selected') == (2 if asked.get("two") == one else 1)
