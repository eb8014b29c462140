"""Letters to GPs that leave by MESH or secure email: whose choice counts, what stands of it, and which way is next."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import troth.notice
from troth.delivery.models import Failure
from troth.delivery.services.mesh import Mesh
from troth.delivery.tests import mesh as meshes
from troth.delivery.tests.conftest import Certificates, Postbox, certificates, serve_mail  # noqa: F401 - fixtures
from troth.delivery.tests.mesh import LocalMesh
from troth.gate.contexts import processing
from troth.notice import services as notices
from troth.notice.purposes import Purpose
from troth.prescribing import services
from troth.prescribing.models import GpChannel, GpNotice, GpNoticeState, GpPractice, GpState
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import telling
from troth.prescribing.services import carrying
from troth.prescribing.tests.conftest import PRACTICE, Clinic, agree
from troth.prescribing.tests.test_telling import SOON, sent
from troth.rights.services import standing
from troth.sharing import selectors as sharing
from troth.work.models import Job

ADDRESS = "letters.x26@nhs.net"
PACK = (Path(troth.notice.__path__[0]) / "packs" / "online-prescribing.yaml").read_text(encoding="utf-8")
THERE = {**PRACTICE, "code": meshes.PRACTICE}


@pytest.fixture
def mesh(settings: Any) -> Iterator[LocalMesh]:
    """MESH is set up, with a mailbox for the practice X26."""
    with meshes.opened() as found:
        settings.TROTH_MESH_URL, settings.TROTH_MESH_MAILBOX = found.address, meshes.OURS
        settings.TROTH_MESH_PASSWORD, settings.TROTH_MESH_SHARED_KEY = meshes.PASSWORD, meshes.KEY
        settings.TROTH_MESH_WORKFLOW = meshes.WORKFLOW
        yield found


@pytest.fixture
def post_office(
    settings: Any,
    serve_mail: Callable[..., Postbox],  # noqa: F811
    certificates: Certificates,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Postbox:
    """Secure email is set up, and the practices X26 and A12345 take letters by it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    box = serve_mail("starttls")
    settings.TROTH_GP_MAIL_URL = f"smtp://user:word@localhost:{box.port}"
    for code in (meshes.PRACTICE, PRACTICE["code"]):
        GpPractice.objects.create(
            code=code, name="Tanyard Surgery", address="1 Tanyard", postcode="NE46 1AA", is_open=True, read_at=SOON,
            email=ADDRESS,
        )  # fmt: skip
    return box


def written(clinic: Clinic, practice: dict[str, str] = THERE) -> UUID:
    """A supply left, and its letter waits."""
    sent(clinic)
    notice = GpNotice.objects.get()
    if practice != PRACTICE:
        services.choose_gp(clinic.subject, state=GpState.GIVEN, practice=practice, by=clinic.ann, at=SOON)
        if notice.channel != GpChannel.POST:
            services.carry_gp_letter(notice.pk, at=SOON)  # it is set anew to the practice that was chosen since
    return notice.pk


def stands(notice: UUID) -> tuple[str, str, str]:
    row = GpNotice.objects.get(pk=notice)
    return row.state, row.channel, row.trouble


def disclosed(clinic: Clinic) -> list[str]:
    with processing(Purpose.RIGHTS, by=clinic.ann, at=SOON) as opened:
        return [each.what for each in sharing.list_disclosures(clinic.subject, opened) if each.recipient == "gp"]


def test_a_letter_goes_by_mesh_and_the_practice_that_collects_it_has_it(clinic: Clinic, mesh: LocalMesh) -> None:
    notice = written(clinic)
    assert stands(notice) == (GpNoticeState.DUE, GpChannel.MESH, "") and disclosed(clinic) == []
    assert Job.objects.filter(name="prescribing.carry_gp_letter").exists()
    services.carry_gp_letter(notice, at=SOON)
    assert stands(notice)[0] == GpNoticeState.SENT
    ((body, headers),) = mesh.held.values()
    assert body.startswith(b"%PDF") and "Oddie" not in str(headers) and clinic.subject.hex not in str(headers)
    assert disclosed(clinic) == ["A letter about one prescription, by MESH, the NHS’s message exchange"]
    services.carry_gp_letter(notice, at=SOON)  # a job that comes twice sends nothing twice
    assert len(mesh.held) == 1 and len(disclosed(clinic)) == 1
    services.watch_gp_letters(at=SOON)
    assert stands(notice)[0] == GpNoticeState.SENT
    mesh.collect()
    services.watch_gp_letters(at=SOON)
    assert stands(notice)[0] == GpNoticeState.RECEIVED
    services.record_gp_answer(notice, words="Thank you.", by=clinic.pharmacist, at=SOON)
    assert stands(notice)[0] == GpNoticeState.ANSWERED


def test_what_nobody_collected_comes_back_and_is_printed(clinic: Clinic, mesh: LocalMesh) -> None:
    notice = written(clinic)
    services.carry_gp_letter(notice, at=SOON)
    (number,) = mesh.held
    mesh.became[number] = "undeliverable"
    services.watch_gp_letters(at=SOON)
    assert stands(notice) == (GpNoticeState.FAILED, GpChannel.POST, telling.NOT_COLLECTED)
    assert telling.list_waiting()[0].trouble == "nobody there collected it"
    assert services.post_gp_letter(notice, by=clinic.pharmacist, at=SOON) and len(disclosed(clinic)) == 2


def test_what_was_taken_back_before_it_left_stops_it(clinic: Clinic, mesh: LocalMesh) -> None:
    notice = written(clinic)
    agree(clinic, GpState.WITHDRAWN, at=SOON)
    services.carry_gp_letter(notice, at=SOON)
    assert stands(notice)[0] == GpNoticeState.STOPPED
    assert mesh.held == {} and disclosed(clinic) == []


def test_a_letter_goes_to_the_practice_that_is_chosen_when_it_leaves(clinic: Clinic, mesh: LocalMesh) -> None:
    notice = written(clinic)
    elsewhere = {**THERE, "code": "A54321", "name": "Hallgate Practice"}
    services.choose_gp(clinic.subject, state=GpState.GIVEN, practice=elsewhere, by=clinic.ann, at=SOON)
    services.carry_gp_letter(notice, at=SOON)
    assert mesh.held == {} and stands(notice) == (GpNoticeState.DUE, GpChannel.MESH, "")
    with processing(Purpose.GP_CORRESPONDENCE, by=clinic.pharmacist, at=SOON) as opened:
        assert telling.get_letter(notice, opened).practice["name"] == "Hallgate Practice"
    services.carry_gp_letter(notice, at=SOON)  # which has no mailbox there
    assert stands(notice) == (GpNoticeState.DUE, GpChannel.POST, Failure.NO_MAILBOX)


def test_where_the_practice_has_no_mailbox_it_goes_by_secure_email(
    clinic: Clinic, mesh: LocalMesh, post_office: Postbox
) -> None:
    notice = written(clinic, PRACTICE)
    services.carry_gp_letter(notice, at=SOON)
    assert stands(notice) == (GpNoticeState.DUE, GpChannel.EMAIL, Failure.NO_MAILBOX)
    services.carry_gp_letter(notice, at=SOON)
    assert stands(notice) == (GpNoticeState.SENT, GpChannel.EMAIL, "")
    assert [mail["To"] for mail in post_office.taken] == [ADDRESS] and mesh.held == {}
    assert disclosed(clinic) == ["A letter about one prescription, by secure email"]


def test_what_cannot_leave_yet_is_tried_again_and_in_the_end_printed(clinic: Clinic, mesh: LocalMesh) -> None:
    notice = written(clinic)
    mesh.busy = True
    for _ in range(carrying.MOST_TRIES - 1):
        with pytest.raises(carrying.NotYet):
            services.carry_gp_letter(notice, at=SOON)
    assert stands(notice) == (GpNoticeState.DUE, GpChannel.MESH, Failure.BUSY)
    services.carry_gp_letter(notice, at=SOON)
    assert stands(notice) == (GpNoticeState.DUE, GpChannel.POST, Failure.BUSY) and disclosed(clinic) == []


def test_nothing_is_opened_or_sent_while_its_persons_record_stands_still(clinic: Clinic, mesh: LocalMesh) -> None:
    notice = written(clinic)
    standing.restrict(clinic.subject, by=clinic.ann, at=SOON)
    services.carry_gp_letter(notice, at=SOON + timedelta(minutes=5))
    Job.objects.all().delete()
    services.watch_gp_letters(at=SOON + timedelta(minutes=5))
    assert stands(notice)[0] == GpNoticeState.DUE and mesh.held == {}
    assert not Job.objects.filter(name="prescribing.carry_gp_letter").exists()


def test_a_letter_that_lost_its_job_is_asked_for_again(clinic: Clinic, mesh: LocalMesh) -> None:
    notice = written(clinic)
    Job.objects.all().delete()
    services.watch_gp_letters(at=SOON)
    services.watch_gp_letters(at=SOON)
    jobs = Job.objects.filter(name="prescribing.carry_gp_letter")
    assert jobs.count() == 1 and str(notice) in str(jobs.get().arguments)


def _meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Something happens while a letter is being handed over, once."""
    send, done = Mesh.send, [False]

    def while_it_leaves(self: Mesh, *given: Any, **named: Any) -> str:
        if not done[0]:
            done[0] = True
            happens()
        return send(self, *given, **named)

    monkeypatch.setattr(Mesh, "send", while_it_leaves)


@pytest.mark.parametrize("what", ["withdrawn", "restricted", "carried", "posted"])
def test_what_left_is_told_as_having_left_whatever_happened_meanwhile(
    clinic: Clinic, mesh: LocalMesh, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    notice = written(clinic)

    def post() -> None:
        with pytest.raises(NotPossible, match="on its way"):
            services.post_gp_letter(notice, by=clinic.pharmacist, at=SOON)

    happens: dict[str, Callable[[], object]] = {
        "withdrawn": lambda: agree(clinic, GpState.WITHDRAWN, at=SOON),
        "restricted": lambda: standing.restrict(clinic.subject, by=clinic.ann, at=SOON),
        "carried": lambda: services.carry_gp_letter(notice, at=SOON),
        "posted": post,
    }
    _meanwhile(monkeypatch, happens[what])
    services.carry_gp_letter(notice, at=SOON)
    services.carry_gp_letter(notice, at=SOON + timedelta(hours=1))
    assert stands(notice) == (GpNoticeState.SENT, GpChannel.MESH, "")
    assert len(mesh.held) == 1 and len(disclosed(clinic)) == 1


def test_a_letter_whose_worker_died_is_carried_again_and_never_denied(
    clinic: Clinic, mesh: LocalMesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = written(clinic)

    def dies() -> None:
        raise RuntimeError("the worker is gone")

    with monkeypatch.context() as patched:
        _meanwhile(patched, dies)
        with pytest.raises(RuntimeError):
            services.carry_gp_letter(notice, at=SOON)
    services.carry_gp_letter(notice, at=SOON)
    assert mesh.held == {}  # another worker may still be at it
    agree(clinic, GpState.WITHDRAWN, at=SOON)
    services.carry_gp_letter(notice, at=SOON + timedelta(minutes=20))
    assert stands(notice)[0] == GpNoticeState.SENT and mesh.held == {} and len(disclosed(clinic)) == 1


def test_a_letter_without_the_files_that_mesh_needs_goes_by_post(
    clinic: Clinic, mesh: LocalMesh, settings: Any
) -> None:
    settings.TROTH_MESH_CERTIFICATE = "/nowhere/of.pem"
    notice = written(clinic)
    services.carry_gp_letter(notice, at=SOON)
    assert stands(notice) == (GpNoticeState.DUE, GpChannel.POST, Failure.NOT_SET_UP)


def test_what_mesh_gives_back_goes_by_secure_email(clinic: Clinic, mesh: LocalMesh, post_office: Postbox) -> None:
    notice = written(clinic)
    services.carry_gp_letter(notice, at=SOON)
    (number,) = mesh.held
    mesh.became[number] = "undeliverable"
    services.watch_gp_letters(at=SOON)
    assert stands(notice) == (GpNoticeState.DUE, GpChannel.EMAIL, telling.NOT_COLLECTED)
    assert GpNotice.objects.get().message == ""
    services.carry_gp_letter(notice, at=SOON)
    assert stands(notice)[:2] == (GpNoticeState.SENT, GpChannel.EMAIL) and len(post_office.taken) == 1


def test_a_letter_that_the_wrong_practice_collected_came_back(clinic: Clinic, mesh: LocalMesh) -> None:
    notice = written(clinic)
    services.carry_gp_letter(notice, at=SOON)
    mesh.collect()
    services.watch_gp_letters(at=SOON)
    services.bounce_gp_letter(notice, by=clinic.pharmacist, at=SOON)
    assert stands(notice)[:2] == (GpNoticeState.FAILED, GpChannel.POST)


class TestWhatTheNoticeDoesNotLetGo:
    @pytest.fixture(
        params=[
            ("service: [read, write, disclose]", "service: [read, write]"),
            ("recipients: [gp, message_exchange, hosting, mail]", "recipients: [message_exchange, hosting, mail]"),
        ]
    )
    def notice_in_force(self, db: None, request: pytest.FixtureRequest) -> None:
        before, row, after = re.split(r"(?s)(  - id: gp_correspondence\n.*?)(?=  - id: payment\n)", PACK)
        notices.publish(before + row.replace(*request.param) + after, by="tests", at=datetime(2026, 1, 1, tzinfo=UTC))

    def test_is_neither_opened_nor_sent(self, clinic: Clinic, mesh: LocalMesh) -> None:
        notice = written(clinic)
        services.carry_gp_letter(notice, at=SOON)
        assert stands(notice) == (GpNoticeState.DUE, GpChannel.POST, Failure.NOT_ALLOWED)
        assert mesh.held == {} and disclosed(clinic) == []
