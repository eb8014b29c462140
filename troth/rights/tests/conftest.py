"""Quick password hashes, and a clinic whose commits are real."""

import pytest

from conftest import publish_pack
from tests.stores import Home


@pytest.fixture
def clinic(committed_db: Home) -> Home:
    """A deployment of this test's own with the online-prescribing notice in force."""
    publish_pack()
    return committed_db
