"""Counting sessions and second factors, for the checks of promises: numbers come out, and nobody."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from troth.people.models import Authenticator, Passkey, Session, StartCode
from troth.people.selectors.sessions import LIFE, owner_of
from troth.vault.models import Holding

#: Sessions that are over are forgotten every hour; twice that is too long.
_FORGOTTEN_WITHIN = timedelta(hours=2)


def count_sessions(at: datetime) -> tuple[int, int]:
    """How many sessions are stored, and how many of them last longer than the rule or should have been forgotten."""
    rows = Session.objects.all()
    too_long = rows.filter(expires_at__gt=F("made_at") + LIFE) | rows.filter(expires_at__lte=at - _FORGOTTEN_WITHIN)
    return rows.count(), too_long.count()


def count_sessions_of(subjects: Iterable[UUID], at: datetime) -> int:
    """How many open sessions these people have."""
    return Session.objects.filter(owner__in=[owner_of(subject) for subject in subjects], expires_at__gt=at).count()


def count_second_factors(subjects: Collection[UUID]) -> tuple[int, int]:
    """
    Of these people, how many have neither an app nor a passkey, and how many hold a code to start with and cannot sign in yet.

    Nobody is counted twice: who has still to start is not among those who lack something.
    """

    def among(model: type[Holding]) -> set[UUID]:
        return set(model._base_manager.filter(subject_id__in=subjects).values_list("subject_id", flat=True))

    lacking = set(subjects) - among(Authenticator) - among(Passkey)
    starting = lacking & among(StartCode)
    return len(lacking - starting), len(starting)
