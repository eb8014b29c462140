from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

#: How many statements a connection to PostgreSQL keeps prepared. psycopg keeps a hundred; an erasure alone asks more, each of
#: which drove out another before its turn came, so that none was prepared at all.
PREPARED = 500


class VaultConfig(AppConfig):
    name = "troth.vault"
    label = "vault"

    def ready(self) -> None:
        """From here on no field of any form takes a card number."""
        from troth.vault import cards

        cards.guard_forms()
        connection_created.connect(_prepare_more, dispatch_uid="troth.vault.prepared")


def _prepare_more(connection: Any, **named: Any) -> None:
    if connection.vendor == "postgresql":
        connection.connection.prepared_max = PREPARED
