"""Sends the vault's key tables to the alias `keys`, a store of its own, and everything else to `default`."""

from typing import Any

from django.db.models import Model


class KeyStoreRouter:
    """A model says so itself with `key_store = True`. No relation crosses the two stores."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return "keys" if getattr(model, "key_store", False) else "default"

    db_for_write = db_for_read

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool:
        return getattr(obj1, "key_store", False) == getattr(obj2, "key_store", False)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        in_key_store = bool(hints.get("key_store")) or (app_label, model_name) in KEY_STORE_TABLES
        return (db == "keys") == in_key_store


KEY_STORE_TABLES = frozenset({("vault", "datakey"), ("vault", "token")})
