"""The notice's pages: versions for ever, any two compared, a draft looked at and published by the law's rules."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

import troth.notice
from troth.delivery import services as delivery
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.facts import FactKind
from troth.ledger.models import LedgerEvent
from troth.notice import selectors as notices
from troth.office.tests.conftest import register
from troth.people import middleware
from troth.rights.services import announce
from troth.vault.models import all_holdings

TEXT = (Path(troth.notice.__path__[0]) / "packs" / "online-prescribing.yaml").read_text(encoding="utf-8")
LONGER = TEXT.replace(
    "words: Two years after we last heard from you", "words: Three years after we last heard from you"
).replace("period: 2 years}", "period: 3 years}")
REWORDED = TEXT.replace("We prescribe medicines online.", "We prescribe medicines by post.")


def test_versions_say_when_by_whom_and_how_many_were_told(officer: Client) -> None:
    register()
    page = officer.get("/office/notice/").content.decode()
    assert "Notice 1 holds" in page and notices.get_version(1).hash[:8] in page
    assert "2 of 2 people" in page  # the officer is a person too
    assert "Compare any two" not in page


def test_a_faulty_draft_is_told_line_law_and_cure_and_never_published(officer: Client) -> None:
    faulty = TEXT.replace("    basis: contract\n", "", 1)
    for do in ("look", "publish"):
        answer = officer.post("/office/notice/draft/", {"text": faulty, "do": do})
        page = answer.content.decode()
        assert answer.status_code == 422 and "cannot be published yet" in page and "Publish for good" not in page
        assert "N04" in page and "UK GDPR" in page
    assert notices.latest_version().number == 1  # type: ignore[union-attr]


def test_what_is_no_notice_is_said_and_what_was_typed_is_kept(officer: Client) -> None:
    empty = officer.post("/office/notice/draft/", {"text": "  "})
    assert empty.status_code == 422 and "Paste the notice, or choose a file" in empty.content.decode()
    torn = officer.post("/office/notice/draft/", {"text": "purposes: [<b>"}).content.decode()
    assert "purposes: [&lt;b&gt;" in torn and "cannot be published yet" in torn
    binary = officer.post("/office/notice/draft/", {"file": SimpleUploadedFile("x.yaml", b"\xff\xfe\x00")})
    assert binary.status_code == 422 and "not text" in binary.content.decode()


def test_a_change_that_matters_says_who_is_told_and_holds_only_after_its_days(officer: Client) -> None:
    page = officer.post("/office/notice/draft/", {"text": LONGER, "do": "look"}).content.decode()
    assert "they must be told before it holds" in page and "Three years after" in page and "Publish for good" in page
    soon = {"in_force_on_day": "1", "in_force_on_month": "1", "in_force_on_year": "2026"}
    refused = officer.post("/office/notice/draft/", {"text": LONGER, "do": "publish", **soon})
    assert refused.status_code == 422 and "cannot hold before it is published" in refused.content.decode()
    assert officer.post("/office/notice/draft/", {"text": LONGER, "do": "publish"}).status_code == 302
    version = notices.get_version(2)
    assert version.material and version.announced_at == version.published_at
    assert (version.in_force_at - version.announced_at).days == 30
    event = LedgerEvent.objects.get(event="notice:published")
    assert event.actor == version.published_by
    listed = officer.get("/office/notice/?published=2").content.decode()
    assert "To come" in listed and "Ines Privacy_Officer" in listed and "Compare any two" in listed
    assert officer.get("/office/notice/?before=1&after=2").headers["Location"] == "/office/notice/1/2/"
    assert "0 of 1" in listed and "1 not written to yet, or without an address" in listed
    announce(at=timezone.now())
    assert "1 under way" in officer.get("/office/notice/").content.decode()
    delivery.give_up_late(at=timezone.now() + timedelta(days=2))
    assert "1 failed" in officer.get("/office/notice/").content.decode()
    compared = officer.get("/office/notice/1/2/").content.decode()
    assert (
        "<del>Two</del>" in compared
        and "<ins>Three</ins>" in compared
        and "matters to people" in compared.replace("matter to", "matters to")
    )
    assert officer.get("/office/notice/1/9/").status_code == 404


def test_an_uploaded_draft_is_looked_at_and_stored_nowhere(officer: Client) -> None:
    before = {model: model._base_manager.count() for model in all_holdings()}
    answer = officer.post(
        "/office/notice/draft/", {"file": SimpleUploadedFile("notice.yaml", REWORDED.encode()), "do": "look"}
    )
    page = answer.content.decode()
    assert "It can be published" in page and "No: it may hold at once" in page and "medicines by post" in page
    assert {model: model._base_manager.count() for model in all_holdings()} == before
    same = officer.post("/office/notice/draft/", {"text": TEXT, "do": "look"}).content.decode()
    assert "Nothing has changed" in same and "Publish for good" not in same


def test_other_roles_neither_read_nor_publish(colleague: Callable[[str], Client]) -> None:
    finance = colleague("finance")
    for path in ("notice/", "notice/1/1/", "notice/draft/"):
        assert finance.get(f"/office/{path}").status_code == 403
    assert finance.post("/office/notice/draft/", {"text": REWORDED, "do": "publish"}).status_code == 403
    assert notices.latest_version().number == 1  # type: ignore[union-attr]


def test_publishing_asks_for_a_second_factor_that_is_fresh(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_at = timezone.now() - timedelta(minutes=6)

    def remembering(subject: UUID, **_: Any) -> Actor:
        roles = frozenset(fact.value for fact in facts.of(subject, FactKind.ROLE, at=timezone.now()))
        return Actor("person", subject, roles=roles, second_factor_at=shown_at)

    for name in ("person", "signed_in"):
        monkeypatch.setattr(middleware.actors, name, remembering, raising=False)
    refused = officer.post("/office/notice/draft/", {"text": REWORDED, "do": "publish"})
    page = refused.content.decode()
    assert (
        refused.status_code == 422 and "Confirm with your second factor first" in page and "medicines by post" in page
    )
    assert notices.latest_version().number == 1  # type: ignore[union-attr]
    shown_at = timezone.now()
    assert officer.post("/office/notice/draft/", {"text": REWORDED, "do": "publish"}).status_code == 302
