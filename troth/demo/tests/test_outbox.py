"""The outbox of a demonstration: for this machine alone, in a demonstration alone."""

from typing import Any
from uuid import UUID

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from django.utils import timezone

from troth.delivery import services
from troth.delivery.models import Message
from troth.delivery.rules import Kind
from troth.delivery.tests import demonstration
from troth.delivery.tests.conftest import subject, work_off  # noqa: F401 - a fixture
from troth.demo.views import outbox
from troth.gate import actors
from troth.vault import keystore

LINK = "http://127.0.0.1:8000/link/zq-token/"


@pytest.fixture
def message(subject: UUID, settings: Any) -> UUID:  # noqa: F811
    demonstration.begin(settings)
    written = services.send_email(
        subject,
        kind=Kind.RESET_PASSWORD,
        to="wren@post.example",
        context={"until": "tomorrow"},
        link=LINK,
        by=actors.NOBODY,
        at=timezone.now(),
    )
    work_off()
    return written


def asked(view: Any, *parts: Any, address: str = "127.0.0.1") -> Any:
    request = RequestFactory().get("/outbox/", REMOTE_ADDR=address)
    request.at = timezone.now()  # type: ignore[attr-defined]
    return view(request, *parts)


def test_a_clinic_has_no_such_address() -> None:
    with pytest.raises(Resolver404):
        resolve("/outbox/")


def test_the_mails_own_page_may_load_and_run_nothing(message: UUID) -> None:
    response = asked(outbox.html, message)
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-top-navigation-by-user-activation; default-src 'none'")
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy
    body = response.content.decode()
    assert f'<a target="_top" href="{LINK}"' in body
    assert "data:image/png;base64," in body and "cid:" not in body


@pytest.mark.parametrize("view", [outbox.show, outbox.read, outbox.html])
def test_nobody_elsewhere_is_shown_it(view: Any, message: UUID) -> None:
    parts = [] if view is outbox.show else [message]
    with pytest.raises(Http404):
        asked(view, *parts, address="192.0.2.7")


@pytest.mark.parametrize("view", [outbox.show, outbox.read, outbox.html])
def test_a_clinic_shows_nobody(view: Any, message: UUID, settings: Any) -> None:
    settings.TROTH_DEMO = False
    with pytest.raises(Http404):
        asked(view, *([] if view is outbox.show else [message]))


def test_a_message_whose_key_an_erasure_has_destroyed_keeps_no_other_from_being_read(
    message: UUID,
    subject: UUID,  # noqa: F811
) -> None:
    assert LINK in asked(outbox.html, message).content.decode()
    for compartment in Message.compartments():
        keystore.destroy(subject, [compartment])
    assert asked(outbox.show).status_code == 200
    with pytest.raises(Http404):
        asked(outbox.html, message)
