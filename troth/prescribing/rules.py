"""What may be done with a request, as pure rules. No database, no clock."""

from datetime import timedelta
from uuid import UUID

from troth.notice.purposes import Action, Purpose
from troth.notice.register import Register
from troth.prescribing.models import OPEN, RequestStatus
from troth.vault.categories import Category

#: After a decision the prescriber still has a reason to look: questions come back, and notes are finished.
DAYS_AFTER = timedelta(days=14)
#: Roles that pass requests on. They see who someone is and how to reach them, as far as the notice lets them.
PASSING_ON = frozenset({"patient_support"})
#: Roles that decide requests, when the notice lets them write health data for it and says that they are on a register.
DECIDING = frozenset({"prescriber"})
#: Roles that prepare a request for a prescriber: they check weight, height and identity.
PREPARING = frozenset({"healthcare_assistant"})


class NotPossible(Exception):
    """The state of the request does not allow it. The message is fit for the person who tried."""


def prescribing_roles(register: Register) -> frozenset[str]:
    """The roles that decide requests, by the notice: on a professional register, and writing health data for prescribing."""
    declared = register.purposes.get(Purpose.PRESCRIBING)
    if declared is None:
        return frozenset()
    return frozenset(
        role
        for role, access in declared.access.items()
        if role in DECIDING
        and role in register.roles
        and register.roles[role].health_professional
        and Action.WRITE in access.actions
        and Category.HEALTH in access.categories
    )


def check_can_assign(*, status: str, may_prescribe: bool) -> None:
    """
    Refuse to pass on what is decided, or to someone who may not prescribe.

    :raises NotPossible: either.
    """
    if status not in OPEN:
        raise NotPossible("This request is closed, so nobody else needs to look at it.")
    if not may_prescribe:
        raise NotPossible("Only someone who may prescribe can be given a request. Choose a prescriber.")


def check_can_prepare(*, status: str, may_prepare: bool) -> None:
    """
    Refuse to ask someone to prepare what is decided, or who does not prepare requests.

    :raises NotPossible: either.
    """
    if status not in OPEN:
        raise NotPossible("This request is closed, so nobody else needs to look at it.")
    if not may_prepare:
        raise NotPossible("Only a healthcare assistant prepares a request. Choose one.")


def check_can_decide(*, status: str, prescriber: UUID | None, by: UUID | None) -> None:
    """
    Refuse a decision by anyone but the prescriber who has the request, and a second one.

    :raises NotPossible: either.
    """
    if status != RequestStatus.ASSIGNED:
        raise NotPossible("This request is not waiting for a decision.")
    if prescriber != by:
        raise NotPossible("Another prescriber has this request. Ask for it to be passed to you.")


def check_can_change(*, status: str, response: UUID | None) -> None:
    """
    Refuse to change answers of what is closed, or was not asked by a questionnaire.

    :raises NotPossible: either.
    """
    if status not in OPEN:
        raise NotPossible("This request is closed. Tell us what has changed by asking anew.")
    if response is None:
        raise NotPossible("This request came without a questionnaire, so there are no answers to change.")


def check_can_withdraw(*, status: str) -> None:
    """
    Refuse to take back what was decided.

    :raises NotPossible: it was.
    """
    if status not in OPEN:
        raise NotPossible("This request is closed already.")
