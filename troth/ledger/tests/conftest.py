import pytest


@pytest.fixture(autouse=True)
def keys_apart(settings, tmp_path_factory):
    """Each test run has a signing key of its own, outside the database."""
    settings.TROTH_KEYS = tmp_path_factory.getbasetemp() / "keys"
