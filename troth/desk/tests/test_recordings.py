"""Recorded calls, clips and cameras: for who may, what can be played, kept once, streamed, and destroyed on their day."""

import io
import wave
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.narrowed import Cell, switched_off, version_of
from troth.gate.narrowing import set_cells
from troth.gate.reasons import FindReason
from troth.law.rights import Right
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.records import services
from troth.records.models import CallRecording, Camera, CameraClip
from troth.records.rules import NotPossible, media
from troth.records.selectors.recordings import ToldBy
from troth.records.services import recordings as keeping
from troth.rights import services as rights
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload

SignedIn = Callable[[UUID], Client]
FILM = b"\x00\x00\x00\x18ftypmp42sentinel-film" + bytes(200)


def sound() -> bytes:
    into = io.BytesIO()
    with wave.open(into, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(b"sentinel" * 20_000)
    return into.getvalue()


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_pack("wellness-clinic")
    return open_clinic(timezone.now() - timedelta(days=30))


def found(desk: Client) -> None:
    desk.post(reverse("desk_find"), {"q": "oddie", "reason": "on_the_telephone"})


def typed(**changed: Any) -> dict[str, Any]:
    today = timezone.localdate()
    day = {f"happened_on_{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    sent = SimpleUploadedFile("sentinel-name.wav", sound(), "text/html")
    return {"entry": str(uuid4()), "file": sent, "words": "sentinel-about", "told": "announcement", **day, **changed}


def on(day: Any) -> dict[str, str]:
    return {f"happened_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def sent(content: bytes) -> SealedUpload:
    return SealedUpload(files.store([content], name="x", media_type="x"), "x", None)


def test_a_call_is_kept_heard_in_ranges_and_refused_to_others(clinic: Clinic, signed_in: SignedIn) -> None:
    desk = signed_in(clinic.manager)
    page, new = reverse("desk_calls", args=[clinic.ann]), reverse("desk_call_new", args=[clinic.ann])
    assert (
        desk.get(page).status_code == 403 and desk.post(new, typed()).status_code == 403
    )  # not found by name before
    found(desk)
    assert page in desk.get(reverse("desk_card", args=[clinic.ann])).content.decode()
    assert "Nothing is kept" in desk.get(page).content.decode()
    wrong = desk.post(new, typed(file=SimpleUploadedFile("x.wav", b"<html>", "audio/wav")))
    assert wrong.status_code == 422 and "no recording that we can play" in wrong.content.decode()
    assert 'value="sentinel-about"' in wrong.content.decode()
    assert "yet to come" in desk.post(new, typed(**on(timezone.localdate() + timedelta(days=2)))).content.decode()
    gone = desk.post(new, typed(**on(timezone.localdate() - timedelta(days=100))))
    assert "is over already" in gone.content.decode() and not CallRecording.objects.exists()
    said = typed()
    assert desk.post(new, said).headers["Location"] == f"{page}?done=recording-kept"
    assert "kept already" in desk.post(new, typed(entry=said["entry"])).content.decode()
    row = CallRecording.objects.get()
    shown = desk.get(page).content.decode()
    assert "sentinel-about" in shown and "<audio" in shown and "sentinel-name" not in shown
    address = reverse("desk_call", args=[row.pk])
    answer = desk.get(address, headers={"range": "bytes=44-51"})
    assert answer.status_code == 206 and b"".join(answer.streaming_content) == b"sentinel"  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "audio/wav" and answer.headers["Cache-Control"] == "no-store"
    assert LedgerEvent.objects.filter(event="gate:opened", subject=clinic.ann.hex, purpose="call_recording").exists()
    for who in (clinic.reception, clinic.orla, clinic.marketing, clinic.finance, clinic.bob):
        other = signed_in(who)
        found(other)
        for path in (page, new, address):
            assert other.get(path).status_code in (403, 404)
    place = files.path_of(next(iter(_places(clinic, row))))
    assert place.exists() and b"sentinel" not in place.read_bytes()


def _places(clinic: Clinic, row: Any) -> tuple[str, ...]:
    now = timezone.now()
    with processing(Purpose.RIGHTS, by=actors.person(clinic.ann, at=now), at=now):
        return tuple(getattr(row, name).place for name in ("file", "small") if getattr(row, name, None))


def test_a_clip_needs_a_camera_of_the_register_and_shows_nobody_else(clinic: Clinic, signed_in: SignedIn) -> None:
    desk = signed_in(clinic.manager)
    found(desk)
    new = reverse("desk_clip_new", args=[clinic.ann])
    known = {"place": "Door", "view": "Steps", "why": "Safety", "sign": "A camera", "minder": "Manager"}
    assert desk.post(reverse("desk_camera_new"), known).status_code == 302
    again = desk.post(reverse("desk_camera_new"), known)
    assert again.status_code == 422 and "at that place already" in again.content.decode()
    row = Camera.objects.get()
    film = {"file": SimpleUploadedFile("x.mp4", FILM, "video/mp4"), "camera": str(row.pk), "alone": "on"}
    assert "Cut or blur it first" in desk.post(new, typed(**{**film, "alone": ""})).content.decode()
    film["file"].seek(0)
    assert desk.post(new, typed(**film)).status_code == 302
    shown = desk.get(reverse("desk_clips", args=[clinic.ann])).content.decode()
    assert "<video" in shown and "Door" in shown and CameraClip.objects.count() == 1
    assert desk.post(reverse("desk_camera", args=[row.pk]), {**known, "closed": "on"}).status_code == 302
    assert "Runs no more" in desk.get(reverse("desk_cameras")).content.decode()
    assert desk.get(reverse("desk_camera", args=[uuid4()])).status_code == 404
    # Its sound is no business of whoever may see clips.
    assert desk.get(reverse("desk_call", args=[CameraClip.objects.get().pk])).status_code == 403


def test_what_a_file_is_stands_in_its_first_bytes() -> None:
    kinds = {
        b"RIFF0000WAVEfmt ": "audio/wav",
        b"OggS": "audio/ogg",
        b"ID3\x04": "audio/mpeg",
        b"\xff\xfb\x90": "audio/mpeg",
    }
    for head, kind in {**kinds, b"\0\0\0\x20ftypM4A ": "audio/mp4"}.items():
        assert media.kind_of_sound(head, 10) == kind
    assert media.kind_of_film(FILM, 10) == "video/mp4" and media.kind_of_film(b"\x1a\x45\xdf\xa3", 10) == "video/webm"
    for head in (b"", b"<svg", b"MZ", b"\xff\xd8\xff\xe0", b"%PDF", b"\xff"):
        for kind_of in (media.kind_of_sound, media.kind_of_film):
            with pytest.raises(NotPossible, match="can play"):
                kind_of(head, 10)
    with pytest.raises(NotPossible, match="50 MB"):
        media.kind_of_sound(b"OggS", media.LARGEST_CALL + 1)
    with pytest.raises(NotPossible, match="150 MB"):
        media.kind_of_film(FILM, media.LARGEST_CLIP + 1)


def keep_call(clinic: Clinic, subject: UUID, at: datetime, *, ago: int) -> CallRecording:
    by = actors.person(clinic.manager, at=at)
    with processing(Purpose.FIND, by=by, at=at, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        people.find_people("oddie" if subject == clinic.ann else "vane", opened)
    return services.keep_call(
        subject,
        upload=sent(sound()),
        words="x",
        told=ToldBy.SPOKEN,
        happened_on=timezone.localdate(at) - timedelta(days=ago),
        recording=uuid4(),
        by=by,
        at=at,
    )


def test_calls_go_by_the_day_that_they_are_of(clinic: Clinic) -> None:
    now = timezone.now()
    ann = keep_call(clinic, clinic.ann, now, ago=80)
    keep_call(clinic, clinic.bob, now, ago=0)
    place = files.path_of(_places(clinic, ann)[0])
    assert rights.dispose_of_what_is_over(at=now + timedelta(days=9)) == 0 and place.exists()
    rights.dispose_of_what_is_over(at=now + timedelta(days=11))
    assert list(CallRecording.objects.values_list("subject_id", flat=True)) == [clinic.bob] and not place.exists()
    # Who asked for a copy has theirs kept until that is answered.
    rights.open_case(clinic.bob, Right.ACCESS, by=actors.person(clinic.bob, at=now), at=now)
    rights.dispose_of_what_is_over(at=now + timedelta(days=95))
    assert CallRecording.objects.count() == 1


def test_what_the_notice_gives_no_day_is_not_kept(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "last_day", lambda *given: None)
    with pytest.raises(NotPossible, match="no day"):
        keep_call(clinic, clinic.ann, timezone.now(), ago=1)
    assert not CallRecording.objects.exists()


def test_a_cell_that_is_off_closes_page_file_and_link(clinic: Clinic, signed_in: SignedIn) -> None:
    call = keep_call(clinic, clinic.ann, timezone.now(), ago=1)
    desk = signed_in(clinic.manager)
    found(desk)
    page, file = reverse("desk_calls", args=[clinic.ann]), reverse("desk_call", args=[call.pk])
    assert desk.get(page).status_code == 200 and desk.get(file).status_code == 200
    now = timezone.now()
    by = actors.person(clinic.administrator, at=now)
    off = {Cell("clinic_manager", Category.CALL_RECORDING, Action.WRITE)}
    set_cells(off, read=version_of(switched_off()), by=by, at=now)
    new = reverse("desk_call_new", args=[clinic.ann])
    assert new not in desk.get(page).content.decode() and desk.post(new, typed()).status_code == 403
    # Whose role may not see who it is looks at no name, and that is no attempt on it; and a person's number is no recording's.
    set_cells(
        {Cell("clinic_manager", Category.IDENTITY, Action.READ)}, read=version_of(switched_off()), by=by, at=now
    )
    assert desk.get(page).status_code == 200
    assert not LedgerEvent.objects.filter(purpose="call_recording", outcome="refused", what="identity").exists()
    assert desk.get(reverse("desk_call", args=[clinic.ann])).status_code == 403
    off = {Cell("clinic_manager", Category.CALL_RECORDING, Action.READ)}
    set_cells(off, read=version_of(switched_off()), by=by, at=now)
    assert desk.get(page).status_code == 403 and desk.get(file).status_code == 403
    assert CallRecording.objects.count() == 1
