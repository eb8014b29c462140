"""Who may say that two records are one person's, and who may let somebody back in: pure checks, no database."""

import re
from datetime import date

from troth.vault.search import fold

#: Roles of the packs that register people or take cases on, and so have to tell two records apart. None is outside the clinic.
TELLING_APART = frozenset({"patient_support", "receptionist", "clinic_manager", "case_handler"})


class ReturnRefused(ValueError):
    """Nobody can be let back in by this person now. The message says why."""


def check_can_let_back(*, own: bool, serves: bool, colleague: bool, has_factor: bool) -> None:
    """
    Who serves people lets back in whoever has lost a second factor: never themself, and never a colleague.

    :raises ReturnRefused: one of those.
    """
    if own:
        raise ReturnRefused("This is your own account. A colleague has to make sure that it is you.")
    if not serves:
        raise ReturnRefused("Your role lets nobody back in. Ask whoever serves people at the desk.")
    if colleague:
        raise ReturnRefused("They work here: an administrator and a colleague take their lost second step away.")
    if not has_factor:
        raise ReturnRefused("Their account asks for no second step. They can choose a new password by themselves.")


class LinkRefused(ValueError):
    """Two records may not be proposed, linked or parted by this person now. The message says why."""


def told_apart_by(given_name: str, family_name: str, born_on: date) -> str:
    """What two records of one person mostly have in common: the name as people would compare it, and the day of birth."""
    names = " ".join(re.findall(r"\w+", fold(f"{given_name} {family_name}")))
    return f"{names} {born_on.isoformat()}"


SAID_ALREADY = "These two are proposed or linked already."


def check_can_propose_link(*, one_record: bool, own: bool, waiting: bool) -> None:
    """
    Nobody proposes anything about a record of their own, and nothing is proposed twice.

    :raises LinkRefused: one of those.
    """
    if one_record:
        raise LinkRefused("That is one record, and not two.")
    if own:
        raise LinkRefused("One of these is your own record. A colleague has to look at it.")
    if waiting:
        raise LinkRefused(SAID_ALREADY)


def check_can_decide_link(*, waits: bool, own: bool, proposed_by_them: bool) -> None:
    """
    A second person decides: a wrong link shows one person another's record.

    :raises LinkRefused: it waits no more, it is about themself, or they proposed it.
    """
    if not waits:
        raise LinkRefused("This was decided already, or one of the two records is gone.")
    if own:
        raise LinkRefused("One of these is your own record. A colleague has to look at it.")
    if proposed_by_them:
        raise LinkRefused("You proposed this. A colleague has to look at both records and decide.")


def check_can_end_link(*, stands: bool, own: bool) -> None:
    """
    Nobody ends a link of their own: it is what keeps them from their own record.

    :raises LinkRefused: it stands no more, or it is about themself.
    """
    if not stands:
        raise LinkRefused("These two are not linked any more.")
    if own:
        raise LinkRefused("One of these is your own record. A colleague has to look at it.")


def check_how_many(records: int, *, most: int) -> None:
    """
    More records of one person than that are a mistake.

    :raises LinkRefused: there would be more.
    """
    if records > most:
        raise LinkRefused(
            f"Linked, these would be {records} records of one person. Look for the wrong link among them first."
        )
