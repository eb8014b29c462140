"""The words for what is held and why, taken from the notice in force and never typed beside the data."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from troth.law.bases import Basis, Condition
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.register import DeclaredPurpose
from troth.notice.schema import Notice
from troth.rights.models import Asked
from troth.rights.rules.clock import begins_anew
from troth.rights.rules.letters import Composed, LetterKind, compose, regulator_line
from troth.vault.categories import Category

#: Used where no notice words a kind.
_PLAIN: dict[Category, str] = {category: category.value.replace("_", " ").capitalize() for category in Category}
BASIS_WORDS: dict[Basis, str] = {
    Basis.CONSENT: "You agreed to it, and can take that back",
    Basis.CONTRACT: "You asked us for a service",
    Basis.LEGAL_OBLIGATION: "The law requires it",
    Basis.VITAL_INTERESTS: "It may save a life",
    Basis.PUBLIC_TASK: "It is a task in the public interest",
    Basis.RECOGNISED_LEGITIMATE_INTERESTS: "The law recognises the interest",
    Basis.LEGITIMATE_INTERESTS: "We have a good reason, and you can object",
}
CONDITION_WORDS: dict[Condition, str] = {
    Condition.HEALTH_CARE: "it is given by people bound to secrecy",
    Condition.EXPLICIT_CONSENT: "you agreed to it in so many words",
    Condition.LEGAL_CLAIMS: "a claim may need it",
    Condition.VITAL_INTERESTS: "you could not be asked",
}
#: What the person should see first when several purposes use one kind: care before the running of the clinic.
_FIRST_OF = {
    Category.IDENTITY: Purpose.IDENTITY_CHECK,
    Category.CONTACT: Purpose.SERVICE_MESSAGES,
    Category.ADJUSTMENTS: Purpose.BOOKING,
    Category.ACCOUNT: Purpose.ACCOUNT_SECURITY,
    Category.FINANCIAL: Purpose.PAYMENT,
    Category.RIGHTS: Purpose.RIGHTS,
    Category.PREFERENCES: Purpose.MARKETING,
}
_FIRST = (
    Purpose.PRESCRIBING,
    Purpose.CARE,
    Purpose.MEDICAL_REPORTING,
    Purpose.REPORT_RELEASE,
    Purpose.INSTRUCTIONS,
    Purpose.IDENTITY_CHECK,
    Purpose.REGISTRATION,
    Purpose.ACCOUNTING,
    Purpose.PAYMENT,
    Purpose.SERVICE_MESSAGES,
    Purpose.MARKETING,
)


@dataclass(frozen=True)
class Uses:
    """Why one kind of data is held, in people's words: what a counterpart says."""

    title: str
    purposes: tuple[str, ...]
    because: str
    seen_by: tuple[str, ...]
    passed_to: tuple[str, ...]


def words_of(category: Category, notice: Notice | None) -> str:
    """What a kind of data is called: as the notice words it, or plainly."""
    if notice is not None:
        for row in notice.categories:
            if row.id == category and row.words:
                return row.words
    return _PLAIN[category]


def notice_now(at: datetime) -> Notice | None:
    """The content of the notice in force, if any is."""
    version = notices.version_in_force(at)
    return None if version is None else notices.notice_of(version)


def describe_uses(category: Category, at: datetime, *, staff: bool = False) -> Uses:
    """
    Say for what a kind of data is used, by what right, who sees it and who gets it, from the register in force (LAW-3.1).

    `staff`: it is held about a member of staff, whom the purpose of that name concerns.

    :raises NoNotice: none is in force.
    """
    register, notice = notices.register_in_force(at), notice_now(at)
    covering = [declared for declared in register.purposes.values() if category in declared.categories]
    first = _FIRST_OF.get(category)
    of_clinic = [
        declared
        for declared in covering
        if (not declared.purpose.of_the_kernel or declared.purpose is first)
        and (staff or declared.purpose is not Purpose.STAFF)
    ] or covering
    of_clinic.sort(key=lambda declared: (declared.purpose is not first, _place(declared), declared.row))
    roles = {
        role: None
        for declared in of_clinic
        for role, access in declared.access.items()
        if role in register.roles and category in access.categories
    }
    recipients = dict.fromkeys(each for declared in of_clinic for each in declared.recipients)
    names = (
        {
            each.id: each.name or each.words
            for each in notice.recipients
            if each.receives == "all" or category in each.gets
        }
        if notice
        else {}
    )
    return Uses(
        title=words_of(category, notice),
        purposes=tuple(declared.title for declared in of_clinic),
        because=_because(of_clinic[0]) if of_clinic else "",
        seen_by=tuple(register.roles[role].name for role in roles),
        passed_to=tuple(names[each] for each in recipients if each in names),
    )


def kept_for(category: Category, at: datetime) -> str:
    """How long a kind is kept, as the notice words the rule of the purpose that uses it first."""
    register, notice = notices.register_in_force(at), notice_now(at)
    first = _FIRST_OF.get(category)
    declared = register.purposes.get(first) if first else None
    rule = declared.retention.get(category, "") if declared else ""
    return next((each.words for each in notice.retention.rules if each.id == rule), "") if notice else ""


def title_of(purpose: str, at: datetime) -> str:
    """What a purpose is called in the notice in force; its plain name if that has none."""
    try:
        declared = notices.register_in_force(at).purposes.get(Purpose(purpose))
    except (ValueError, notices.NoNotice):
        declared = None
    return declared.title if declared else purpose.replace("_", " ").capitalize()


def _place(declared: DeclaredPurpose) -> int:
    return _FIRST.index(declared.purpose) if declared.purpose in _FIRST else len(_FIRST)


def _because(declared: DeclaredPurpose) -> str:
    words = BASIS_WORDS[declared.basis]
    extra = CONDITION_WORDS.get(declared.condition) if declared.condition else None
    return f"{words}, and {extra}" if extra else words


def proof_letters(asked: Collection[Asked], *, received_on: date, proof: str, at: datetime) -> list[Composed]:
    """
    The letters by which proof would be asked for first, as they read before a message is taken in: one for all that a person asks,
    and one to whoever asks for the records of somebody who died. References follow then. A complaint needs no proof (LAW-2.5).
    """
    doubted = [each for each in Asked if each in asked and each is not Asked.COMPLAINT]
    for_themselves = [each for each in doubted if each is not Asked.DECEASED]
    of_the_dead = [each for each in doubted if each is Asked.DECEASED]
    return [
        compose(
            LetterKind.PROOF,
            asked=group[0],
            reference="follow" if group[1:] else "follows",
            received_on=received_on,
            regulator=regulator_line(notice_now(at)),
            proof=proof,
            besides=[(each, "") for each in group[1:]],
            begins=begins_anew(group[0], received_on, on=timezone.localdate(at)),
        )
        for group in (for_themselves, of_the_dead)
        if group
    ]
