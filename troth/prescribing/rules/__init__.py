"""What may be done with a request, as pure rules. No database, no clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from troth.notice.purposes import Action, Purpose
from troth.notice.register import Register
from troth.prescribing.models import OPEN, GpState, RequestStatus, Verified
from troth.rights.rules.withholding import FEWEST_WORDS
from troth.vault.categories import Category

#: After a decision the prescriber still has a reason to look: questions come back, and notes are finished.
DAYS_AFTER = timedelta(days=14)
#: For so long somebody may ask that another prescriber looks again at what was decided.
CONTESTED_WITHIN = timedelta(days=28)
#: Roles that pass requests on. They see who someone is and how to reach them, as far as the notice lets them.
PASSING_ON = frozenset({"patient_support"})
#: Roles that decide requests, when the notice lets them write health data for it and says that they are on a register.
DECIDING = frozenset({"prescriber"})
#: Roles that prepare a request for a prescriber: they check weight, height and identity.
PREPARING = frozenset({"healthcare_assistant"})
#: Roles that check a prescription before it leaves, independently of whoever signed it.
CHECKING = frozenset({"pharmacist"})
LONGEST = 10_000
#: What is said of a document that does not fit takes more than a word.
SHORTEST_FINDING = 20

State = TypeVar("State")


class NotPossible(Exception):
    """The state of the request does not allow it. The message is fit for the person who tried."""


class SaysNothingOfOthers(NotPossible):
    """Nothing is said of other accounts under which the same document was shown."""


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
        and access.allows(Action.WRITE, Category.HEALTH)
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


def check_can_contest(
    *, status: str, prescribed: bool, contested: bool, decided_at: datetime | None, words: str, at: datetime
) -> None:
    """
    Refuse to have looked at again what is open, was prescribed, was looked at again already, or was decided long ago (LAW-3.12).

    :raises NotPossible: any of these, or nothing is said against it.
    """
    if status != RequestStatus.DECIDED or decided_at is None:
        raise NotPossible("This request is not decided, so there is nothing to look at again yet.")
    if prescribed:
        raise NotPossible("It was prescribed. Write to us about it, or stop the supply.")
    if contested:
        raise NotPossible(
            "Another prescriber has looked at it again already. You can complain to us about the decision."
        )
    if at - decided_at > CONTESTED_WITHIN:
        raise NotPossible("It was decided too long ago. Ask anew: another prescriber can look at that.")
    if not words.strip() or len(words) > LONGEST:
        raise NotPossible("Write why you think it should be looked at again.")


def check_is_not_the_first(*, not_by: UUID | None, prescriber: UUID | None) -> None:
    """
    Refuse to have a decision looked at again by whoever made it.

    :raises NotPossible: they made it.
    """
    if not_by is not None and not_by == prescriber:
        raise NotPossible(
            "They decided this request before, and it is to be looked at by another. Choose somebody else."
        )


def check_can_withdraw(*, status: str) -> None:
    """
    Refuse to take back what was decided.

    :raises NotPossible: it was.
    """
    if status not in OPEN:
        raise NotPossible("This request is closed already.")


def step(table: Mapping[tuple[str, str], State], state: str, step: str) -> State:
    """
    The state that a step leads to.

    :raises NotPossible: it leads nowhere from here.
    """
    found = table.get((state, step))
    if found is None:
        raise NotPossible("It is not there any more, or not there yet. Open it again to see where it is.")
    return found


def check_is_open(*, status: str) -> None:
    """
    Refuse to add to what is closed.

    :raises NotPossible: it is.
    """
    if status not in OPEN:
        raise NotPossible("This request is closed.")


def check_is_theirs(*, prescriber: UUID | None, by: UUID | None) -> None:
    """
    Refuse another prescriber's request or prescription.

    :raises NotPossible: it is.
    """
    if prescriber != by:
        raise NotPossible("Another prescriber has this. Ask for it to be passed to you.")


def check_is_own(*, subject: UUID, by: UUID | None) -> None:
    """
    Refuse to answer or choose for somebody else.

    :raises NotPossible: they are not the person.
    """
    if subject != by:
        raise NotPossible("Only the person themself can say this.")


def check_is_staff(*, subject: UUID, by: UUID | None) -> None:
    """
    Refuse what somebody else has to judge about a person.

    :raises NotPossible: they are the person.
    """
    if subject == by:
        raise NotPossible("A member of staff records this.")


def check_may_prescribe(*, may_prescribe: bool) -> None:
    """
    Refuse a prescription by whom the notice does not let prescribe now: roles end, also while a page is open.

    :raises NotPossible: it does not.
    """
    if not may_prescribe:
        raise NotPossible("Only someone who may prescribe can sign a prescription.")


def check_amount(*, quantity: int, most: int, unit: str, directions: str) -> None:
    """
    Refuse an amount that the formulary does not allow at one supply, and a medicine without directions.

    :raises NotPossible: either.
    """
    if not 0 < quantity <= most:
        raise NotPossible(f"At one supply this is between 1 and {most} {unit}.")
    if not directions.strip() or len(directions) > LONGEST:
        raise NotPossible("Write how it is taken.")


def check_is_as_read(*, read: str, stands: str) -> None:
    """
    Refuse a decision on what has changed since it was read.

    :raises NotPossible: an answer, a message, a check or the choice about the GP came since.
    """
    if read != stands:
        raise NotPossible("Something was added since you opened this request. Open it again and read it.")


def check_can_write(*, words: str, number: int = 0, most: int = 1) -> None:
    """
    Refuse a message that says nothing or too much, and one too many: `number` there are, of at most `most`.

    :raises NotPossible: any of these.
    """
    if not words.strip():
        raise NotPossible("Write something.")
    if len(words) > LONGEST:
        raise NotPossible(f"Use at most {LONGEST} letters.")
    if number >= most:
        raise NotPossible("There are too many messages about this request. Ring each other instead.")


def check_can_verify(*, subject: UUID, by: UUID | None, note: str) -> None:
    """
    Refuse a check that somebody makes of themself, and one without its evidence.

    :raises NotPossible: either.
    """
    check_is_staff(subject=subject, by=by)
    if not note.strip():
        raise NotPossible("Write what you saw, heard or read: it is the evidence.")


def check_can_show(*, waits: bool, found: Verified) -> None:
    """
    Refuse a second document while one waits, and one of somebody of whom it is known already.

    :raises NotPossible: either.
    """
    if waits:
        raise NotPossible("We have a document of yours and look at it. Take that one back to send another.")
    if found is Verified.VERIFIED:
        raise NotPossible("We have made sure who you are, and need no other document.")


def check_can_judge(*, result: Verified, words: str, doubtful: bool) -> None:
    """
    Refuse a finding that says nothing, and one that passes over what does not fit.

    :raises NotPossible: either.
    """
    if result not in (Verified.VERIFIED, Verified.CONTRADICTED, Verified.IMPOSSIBLE):
        raise NotPossible("Choose what the document shows.")
    if doubtful and len(words.strip()) < SHORTEST_FINDING:
        raise NotPossible("Something does not fit. Write what you saw, and why it is as you find.")
    if not words.strip() or len(words) > LONGEST:
        raise NotPossible("Write what you saw.")


def check_says_of_others(words: str, *, shared: bool) -> None:
    """
    Refuse to pass over it that the same document was shown from another account.

    :raises SaysNothingOfOthers: nothing is said of it, or too much.
    """
    if shared and not SHORTEST_FINDING <= len(words.strip()) <= LONGEST:
        raise SaysNothingOfOthers("Write why you find so although the same document was shown from another account.")


def check_can_choose_gp(*, state: GpState, practice: Mapping[str, str] | None) -> None:
    """
    Refuse an agreement that names no practice, and what nobody chooses.

    :raises NotPossible: either.
    """
    if state is GpState.NOT_ASKED:
        raise NotPossible("Choose whether we may tell your GP.")
    if state is GpState.GIVEN and not (practice or {}).get("name", "").strip():
        raise NotPossible("Say which practice you are registered with.")
    if any(len(value) > 300 for value in (practice or {}).values()):
        raise NotPossible("That is too long. Write the name of the practice and where it is.")


def check_is_pharmacist(roles: frozenset[str]) -> None:
    """
    Refuse the pharmacist's part to anybody else.

    :raises NotPossible: they hold no such role.
    """
    if not roles & CHECKING:
        raise NotPossible("This is the pharmacist’s to do.")


def check_is_professional(roles: frozenset[str]) -> None:
    """
    Refuse what a prescriber or a pharmacist judges to anybody else.

    :raises NotPossible: they hold neither role.
    """
    if not roles & (DECIDING | CHECKING):
        raise NotPossible("A prescriber or a pharmacist records this.")


def check_is_kept(*, kept: bool) -> None:
    """
    Refuse to look again at what nothing keeps from its person.

    :raises NotPossible: nothing does.
    """
    if not kept:
        raise NotPossible("They may read it already, and what was told is not kept from them again.")


def check_says_harm(words: str) -> None:
    """
    Refuse to keep something from its person without the reason that the law asks for.

    :raises NotPossible: there is none.
    """
    if len(words.strip()) < SHORTEST_FINDING or len(words) > LONGEST or len(words.split()) < FEWEST_WORDS:
        raise NotPossible(
            "Write who would be likely to come to serious harm if they read it, and how. Distress is not enough."
        )


def check_is_another(*, signer: UUID, by: UUID | None) -> None:
    """
    Refuse a check by whoever signed: it is independent, or it is none.

    :raises NotPossible: they signed it.
    """
    if signer == by:
        raise NotPossible("You signed this prescription, so somebody else checks it.")


def check_tracking(tracking: str) -> None:
    """
    Refuse to send a parcel that nobody could follow.

    :raises NotPossible: there is no number, or it is none.
    """
    if not 4 <= len(tracking.strip()) <= 40:
        raise NotPossible("Enter the number by which the parcel is followed.")


def check_is_taken(*, taken: bool) -> None:
    """
    Refuse to send what nobody has paid: the bank can let a hold go between the signature and the taking.

    :raises NotPossible: the money was not taken.
    """
    if not taken:
        raise NotPossible(
            "The money for it has not come, so the parcel waits. They are asked to pay on the page of their request."
        )


def check_has_left(*, left: bool) -> None:
    """
    Refuse to tell a GP of a supply that has not left.

    :raises NotPossible: it has not.
    """
    if not left:
        raise NotPossible("The parcel has not left, so there is nothing to tell their GP.")


def check_is_first(*, exists: bool) -> None:
    """
    Refuse a second letter about one supply.

    :raises NotPossible: there is one.
    """
    if exists:
        raise NotPossible("Their GP is told of this supply already.")
