"""An opinion on serious harm, given by the health professional who was asked: a step of the answer, and no care (LAW-4.3)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.rights.models import HarmOpinion, State
from troth.rights.rules.packing import HARM, NO_HARM
from troth.rights.selectors.opinions import NOT_THEIRS, may_give_opinion
from troth.rights.services.packs import PackRefused
from troth.vault.categories import Category


def _give_opinion(opinion: UUID, *, findings: Mapping[str, str], words: str, by: Actor, at: datetime) -> None:
    """
    Write what a health professional found of each entry: `no_harm` or `harm` (LAW-4.2). It stands for six months (LAW-4.4).

    :raises PackRefused: it was not asked of them, was given already or waits for nothing any more, they are no health professional
        any more, a finding is neither, or harm is found without a word of why.
    :raises Refused: the request gives no reason to open health data of this person, such as their own.
    """
    if by.id is None:
        raise PackRefused(NOT_THEIRS)
    service = actors.service("harm-opinion", on_behalf_of=by.id)
    _record_opinion(opinion, findings, words, roles=by.roles, by=service, at=at)


@act(Event.OPINION_GIVEN, purpose=Purpose.RIGHTS)
def _record_opinion(
    opinion: UUID, findings: Mapping[str, str], words: str, *, roles: frozenset[str], by: Actor, at: datetime
) -> None:
    """`roles`: those that the session of whoever gives it has."""
    assert by.on_behalf_of is not None
    row = HarmOpinion.objects.select_for_update().filter(pk=opinion, asked_of=by.on_behalf_of).first()
    if row is None:
        raise PackRefused(NOT_THEIRS)
    if row.given_at is not None:
        raise PackRefused("This opinion was given already. If you think otherwise now, have it asked for again.")
    if row.case.state == State.DONE:
        raise PackRefused("The request was answered meanwhile, so nothing waits for this opinion any more.")
    if not may_give_opinion(roles, acting().register):
        raise PackRefused(
            "Only a health professional gives this opinion (LAW-4.5). Ask the privacy officer to ask one."
        )
    acting().require(row.subject_id, Category.HEALTH)
    if not set(findings.values()) <= {HARM, NO_HARM} or not findings:
        raise PackRefused("Say of each entry whether it could do serious harm.")
    if HARM in findings.values() and not words.strip():
        raise PackRefused("Say who could be harmed and how: distress alone is not enough (LAW-4.2).")
    profile = people.staff_profiles([by.on_behalf_of]).get(by.on_behalf_of)
    row.findings, row.words, row.given_at = dict(findings), words, at
    row.registration = profile.registration if profile else ""
    row.save()


# It is no act itself, as a public function of this room would be: whoever was asked has no key here, and the service that has one
# acts for them.
give_opinion = _give_opinion
