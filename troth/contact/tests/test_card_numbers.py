"""The vault seals no card number, whoever writes and by whichever way it came."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from conftest import publish_pack
from troth.contact import services
from troth.contact.models import Enquiry
from troth.gate.actors import NOBODY


@pytest.mark.django_db(databases=["default", "keys"])
def test_the_vault_seals_none_whoever_writes() -> None:
    publish_pack()
    with pytest.raises(ValidationError) as refused:
        services.ask(
            name="Ann",
            email="ann@post.example",
            words="take it from 4242424242424242",
            by=NOBODY,
            at=datetime(2026, 11, 24, tzinfo=UTC),
        )
    assert "4242" not in str(refused.value)
    assert not Enquiry.objects.exists()
