"""The gate's own pages: what a refusal may say, and to whom; the other two ask no database for anything."""

from types import SimpleNamespace

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import NoReverseMatch

from troth.gate.pages import erased_page, is_in_office, plain_page, refusal_page
from troth.gate.refusals import CANNOT_OPEN, Check, Decision
from troth.gate.whys import steps


def asked(*roles: str, path: str = "/desk/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.actor = SimpleNamespace(kind="person", id=None, roles=frozenset(roles))  # type: ignore[attr-defined]
    return request


def test_a_refusal_for_want_of_a_reason_says_one_sentence_and_no_check(db: None) -> None:
    decision = Decision(allowed=False, check=Check.REASON, rule="notice 7, row 12", sentence=CANNOT_OPEN)
    answer = refusal_page(asked("prescriber"), decision)
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "nothing connects you" in body
    assert "six checks" not in body and "row 12" not in body and "Reason" not in body


def test_a_refusal_that_may_be_told_shows_where_it_stopped(db: None) -> None:
    decision = Decision(
        allowed=False,
        check=Check.BASIS,
        spoken=Check.BASIS,
        rule="UK GDPR Article 7(3), LAW-3.13",
        sentence="They took it back.",
    )
    body = refusal_page(asked("prescriber"), decision).content.decode()
    assert "They took it back." in body and "Article 7(3)" in body and "Not asked: it stopped at basis" in body


def test_what_is_spoken_is_what_is_shown() -> None:
    """A check that failed because of the person is not told where only an earlier, general one may be."""
    decision = Decision(
        allowed=False, check=Check.PURPOSE, spoken=Check.ROLE, rule="notice 7", sentence="Not for your role."
    )
    states = [step.state for step in steps(decision)]
    assert states == ["passed", "passed", "failed", "not_asked", "not_asked", "not_asked"]
    assert steps(Decision(allowed=True)) == ()


@pytest.mark.parametrize("roles", [(), ("prescriber",)])
@pytest.mark.parametrize(("name", "status"), [("fault", 500), ("unavailable", 503)])
def test_plain_pages_ask_no_database(name: str, status: int, roles: tuple[str, ...]) -> None:
    """No `db` fixture: a query would fail the test."""
    answer = plain_page(asked(*roles), name, status=status)
    assert answer.status_code == status
    assert "<h1" in answer.content.decode()


def test_what_was_erased_asks_nothing_about_whoever_is_no_member_of_staff() -> None:
    """No `db` fixture here either: it may be their own key that is gone."""
    body = erased_page(asked()).content.decode()
    assert "write to us or ring us" in body and "privacy officer" not in body


@pytest.mark.parametrize(
    ("role", "path", "face"),
    [
        ("privacy_officer", "/office/cases/", "office"),
        ("privacy_officer", "/desk/cards/", "desk"),
        ("prescriber", "/office/cases/", "desk"),
    ],
)
def test_a_page_of_the_gate_stands_on_the_band_of_the_face(db: None, role: str, path: str, face: str) -> None:
    request = asked(role, path=path)
    decision = Decision(allowed=False, check=Check.REASON, rule="notice 7", sentence=CANNOT_OPEN)
    for answer in (refusal_page(request, decision), erased_page(request), plain_page(request, "fault", status=500)):
        assert f'<body class="{face}"' in answer.content.decode()


def test_where_there_is_no_office_nobody_stands_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.gate.pages.reverse", _unknown)
    assert not is_in_office(asked("privacy_officer", path="/office/"))


def _unknown(name: str) -> str:
    raise NoReverseMatch(name)
