"""Quick password hashes, and a clinic whose commits are real."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from conftest import publish_pack
from tests.stores import Home
from troth.people import answers
from troth.people.selectors import signing_in
from troth.work import throttle


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, value)
    signing_in._nobodys.cache_clear()
    throttle.set_secret_provider(answers._throttle_secret)
    yield
    signing_in._nobodys.cache_clear()


@pytest.fixture
def clinic(committed_db: Home) -> Home:
    """A deployment of this test's own with the online-prescribing notice in force."""
    publish_pack()
    return committed_db
