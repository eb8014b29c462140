"""What has to stay because a row that stays refers to it: destroying its key would leave a row that can never be removed."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.deletion import Collector

from troth.rights.rules.ending import Key
from troth.rights.selectors.places import holding_models, models_under, places_under, rows_under


def without_the_needed(subject: UUID, going: Collection[Key]) -> list[Key]:
    """Those of these keys under which nothing lies that a row of another key needs. It opens nothing."""
    left = list(dict.fromkeys(going))
    while needed := _needed(subject, left):
        left = [key for key in left if key not in needed]
    return left


def _needed(subject: UUID, going: Collection[Key]) -> set[Key]:
    asked = [key for key in going if any(map(_is_referred_to, models_under(key[0], holding_models())))]
    if not asked:
        return set()
    leaving = {(place.model, UUID(place.row)) for rows in places_under(subject, going).values() for place in rows}
    return {key for key in asked if any(_refer(rows, leaving) for rows in rows_under(subject, *key))}


def _is_referred_to(model: type[models.Model]) -> bool:
    return any(
        getattr(found, "on_delete", None) in (models.PROTECT, models.RESTRICT)
        for found in model._meta.get_fields(include_hidden=True)
        if found.auto_created and not found.concrete
    )


def _refer(rows: "models.QuerySet[Any]", leaving: set[tuple[type[Any], UUID]]) -> bool:
    """Whether a row that stays refers to one of these."""
    try:
        Collector(using="default").collect(list(rows.only("pk", "subject")))
    except (models.ProtectedError, models.RestrictedError) as held:
        kept: Iterable[Any] = next(each for each in held.args if isinstance(each, set))
        return any((type(each), each.pk) not in leaving for each in kept)
    return False
