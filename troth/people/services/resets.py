"""A lost second factor: an administrator asks, a colleague who knows the person confirms, and then it is taken away."""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.models import FactorReset
from troth.people.selectors.staff import RESET_WITHIN
from troth.people.services.factors import _say, _take_factors_away
from troth.vault.categories import Category


class ResetRefused(ValueError):
    """This person may not do this step, or it is too late for it. The message says why."""


@act(Event.FACTOR_RESET_ASKED, purpose=Purpose.ACCOUNT_SECURITY)
def ask_factor_reset(subject: UUID, *, by: Actor, at: datetime, reason: str) -> UUID:
    """
    Ask for a lost second factor to be taken away, and give the request's id. Nothing is taken away yet.

    :raises ResetRefused: it is one's own.
    :raises Refused: the actor does not run this person's account.
    """
    acting().require(subject, Category.ACCOUNT)
    if subject == by.id:
        raise ResetRefused("For your own, use a recovery code, or ask another administrator.")
    made: UUID = FactorReset.objects.create(subject_id=subject, reason=reason.strip()).pk
    return made


@act(
    Event.FACTOR_RESET_CONFIRMED,
    purpose=Purpose.ACCOUNT_SECURITY,
    action=Action.READ,
    unasked="a colleague says who somebody is; nothing of the account is opened or changed by it",
)
def confirm_factor_reset(request: UUID, *, by: Actor, at: datetime) -> None:
    """
    Confirm, as a colleague, that it is really that person who has lost their factor.

    :raises ResetRefused: one asked for it oneself, it is about oneself, one holds no role, or it is too late.
    """
    row = _open_request(request, at)
    if not by.roles or by.id is None or by.id.hex == row.recorded_by or by.id == row.subject_id:
        raise ResetRefused("A colleague has to confirm this: neither who asked for it nor whom it is about.")
    changed = FactorReset.objects.filter(pk=row.pk, confirmed_by="", done_at=None).update(
        confirmed_by=by.id.hex, confirmed_at=at
    )
    if not changed:
        raise ResetRefused("A colleague has confirmed this already.")


@act(Event.FACTORS_RESET, purpose=Purpose.ACCOUNT_SECURITY)
def carry_out_factor_reset(request: UUID, *, by: Actor, at: datetime) -> UUID:
    """
    Take the lost factors away and end every session, and give whose they were. They set up a new one at the next sign-in.

    :raises ResetRefused: no colleague has confirmed it, the same person would do both, or it is too late.
    :raises Refused: the actor does not run this person's account.
    """
    row = _open_request(request, at)
    subject: UUID = row.subject_id
    acting().require(subject, Category.ACCOUNT)
    if not row.confirmed_by:
        raise ResetRefused("A colleague has to confirm first that it is really them.")
    if by.id is None or by.id.hex == row.confirmed_by or by.id == subject:
        raise ResetRefused("Who confirmed it cannot carry it out as well.")
    if not FactorReset.objects.filter(pk=row.pk, done_at=None).update(done_at=at):
        raise ResetRefused("This was carried out already.")
    _take_factors_away(subject)
    _say(
        subject,
        "It was taken away because it was lost: an administrator asked, and a colleague confirmed",
        by=by,
        at=at,
    )
    return subject


def _open_request(request: UUID, at: datetime) -> FactorReset:
    row: FactorReset | None = FactorReset.objects.filter(
        pk=request, done_at=None, recorded_at__gt=at - RESET_WITHIN
    ).first()
    if row is None:
        raise ResetRefused("This was carried out already, or is too old. Ask again.")
    return row
