"""
The six checks as pure rules over facts. No database, no clock: everything comes in as a value.

`decide` is remembered by its arguments: fifty people in the same standing are decided once.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from troth.gate.refusals import CANNOT_OPEN, Check, Decision
from troth.law.bases import Basis, Condition
from troth.notice.purposes import Action, Purpose
from troth.notice.register import REPRESENTATIVE, SELF, SERVICE, Access, DeclaredPurpose, Register
from troth.vault.categories import LOCKED, Category


class Relation(StrEnum):
    """What the actor is to the subject."""

    SELF = "self"
    ENQUIRER = "enquirer"  # may write and never read back (pitfalls A7)
    REPRESENTATIVE = "representative"
    STAFF = "staff"
    SERVICE = "service"
    NOBODY = "nobody"


class PermittedUse(StrEnum):
    """What may be done under a restriction besides storing, each chosen and reasoned (Article 18(2), LAW-3.6)."""

    CONSENT = "consent"
    CLAIMS = "claims"
    ANOTHERS_RIGHTS = "anothers_rights"
    PUBLIC_INTEREST = "public_interest"


class Asker(NamedTuple):
    """Who asks: what they are to the subject, and the roles or service declaration they act under."""

    relation: Relation
    roles: frozenset[str] = frozenset()
    service_purposes: frozenset[Purpose] = frozenset()
    service_categories: frozenset[Category] = frozenset()


class Standing(NamedTuple):
    """How one subject stands towards one purpose now, boiled down from the standing facts."""

    told: bool = False  # was given, or told of, a version of the notice with this purpose
    contract: bool = False
    consent: bool = False
    consent_taken_back: bool = False
    objected: bool = False
    restricted: bool = False
    #: The kinds of data for which this actor acts for them, with verified authority that covers the purpose.
    represented: frozenset[Category] = frozenset()
    glass_broken: bool = False  # by this actor, for this subject, within thirty minutes
    sound: bool = True  # every fact carries its mark
    use_chosen: bool = False  # this actor chose one of the uses that a restriction leaves, within thirty minutes
    #: Of the kinds that stay locked (`needs.LOCKED`), those that something needs for which this actor looks after them.
    needed: frozenset[Category] = frozenset()


#: Purposes that go on under a restriction: rights and the log of it are how the person is protected (LAW-3.6).
UNDER_RESTRICTION = frozenset(
    {Purpose.RIGHTS, Purpose.LEGAL_CLAIMS, Purpose.SECURITY_LOG, Purpose.ACCOUNT_SECURITY, Purpose.EMERGENCY}
)
_OBJECTABLE = frozenset({Basis.LEGITIMATE_INTERESTS, Basis.RECOGNISED_LEGITIMATE_INTERESTS, Basis.PUBLIC_TASK})


@lru_cache(maxsize=100_000)
def decide(
    register: Register,
    purpose: Purpose,
    category: Category,
    action: Action,
    asker: Asker,
    standing: Standing,
    reason: str,
    use: PermittedUse | None = None,
) -> Decision:
    """
    Answer whether this asker may do this with that category of this subject's data, and if not, at which check.

    `reason` is what connects the actor with the subject ("" when nothing does). Sources: LAW-3.6, 3.9, 3.13, 5.1, 5.2, KL-1.13.
    """
    declared = register.purposes.get(purpose)
    where = f"notice {register.version}"
    # What does not depend on the person may be said to anyone; it is the same for a person who does not exist.
    general: Decision | None = None
    if declared is None:
        general = _no(
            Check.PURPOSE,
            where,
            f"Our privacy notice does not include this use ({purpose.value.replace('_', ' ')}), "
            "so nobody here may do it.",
        )
    else:
        where = f"{where}, row {declared.row}"
        if category not in declared.categories:
            general = _no(Check.CATEGORY, where, f"“{declared.title}” does not cover this kind of information.")
        elif not _role_may(declared, category, action, asker, standing):
            taken = any((action, category) in access.shut for access in _access_of(declared, asker))
            general = (
                _no(
                    Check.ROLE,
                    f"permissions of the clinic ({where} allows it)",
                    f"The clinic’s permissions do not let your role {_VERBS[action]} this kind of information.",
                )
                if taken
                else _no(
                    Check.ROLE,
                    where,
                    f"Your role may not {_VERBS[action]} this kind of information for “{declared.title}”.",
                )
            )
    if not standing.sound:
        return _no(Check.PURPOSE, "LAW-10.2", CANNOT_OPEN, spoken=general)
    if declared is None:
        assert general is not None
        return general
    if not standing.told and not purpose.of_the_kernel:
        return _no(Check.PURPOSE, where, CANNOT_OPEN, spoken=general)
    if general is not None:
        return general
    if purpose is Purpose.EMERGENCY:
        if not standing.glass_broken:
            return _no(Check.REASON, where, CANNOT_OPEN)
        return Decision(allowed=True, reason=reason or "an emergency")
    if not reason:
        return _no(Check.REASON, where, CANNOT_OPEN)
    settles = use is PermittedUse.CLAIMS and asker.relation is Relation.SERVICE
    failed = _basis_fails(declared, category, asker, standing, register, where, settles=settles)
    if failed is None:
        failed = _need_fails(purpose, category, asker, standing)
    if failed is None:
        failed = _restriction_fails(purpose, category, action, asker, standing, use)
    return Decision(allowed=True, reason=reason) if failed is None else failed


_VERBS = {
    Action.READ: "open",
    Action.WRITE: "change",
    Action.EXPORT: "export",
    Action.DISCLOSE: "pass on",
    Action.ERASE: "erase",
}


def _no(check: Check, rule: str, sentence: str, *, spoken: Decision | None = None) -> Decision:
    """A refusal. `spoken`: what may be said instead, when the check that failed must not be told."""
    if spoken is not None:
        return Decision(allowed=False, check=check, rule=rule, sentence=spoken.sentence, spoken=spoken.spoken)
    return Decision(
        allowed=False, check=check, rule=rule, sentence=sentence, spoken=None if sentence is CANNOT_OPEN else check
    )


def _role_may(
    declared: DeclaredPurpose, category: Category, action: Action, asker: Asker, standing: Standing
) -> bool:
    relation = asker.relation
    if relation is Relation.NOBODY or (relation is Relation.ENQUIRER and action is not Action.WRITE):
        return False
    if relation is Relation.SERVICE and (
        declared.purpose not in asker.service_purposes or category not in asker.service_categories
    ):
        return False
    if relation is Relation.REPRESENTATIVE and category not in standing.represented:
        return False
    return any(access.allows(action, category) for access in _access_of(declared, asker))


def _access_of(declared: DeclaredPurpose, asker: Asker) -> Iterator[Access]:
    """What the notice gives, under this purpose, to each thing that the asker is here."""
    names: frozenset[str] | tuple[str, ...] = {
        Relation.SELF: (SELF,),
        Relation.ENQUIRER: (SELF,),
        Relation.REPRESENTATIVE: (REPRESENTATIVE,),
        Relation.SERVICE: (SERVICE,),
    }.get(asker.relation, asker.roles)
    yield from (access for name in names if (access := declared.access.get(name)) is not None)


def _basis_fails(
    declared: DeclaredPurpose,
    category: Category,
    asker: Asker,
    standing: Standing,
    register: Register,
    where: str,
    *,
    settles: bool = False,
) -> Decision | None:
    """`settles`: it is a service that settles what an agreement has left between two, which outlives it (Article 17(3)(e))."""
    basis, condition = declared.basis, declared.condition
    if basis is Basis.CONTRACT and not standing.contract and not settles:
        return _no(
            Check.BASIS,
            basis.article,
            f"“{declared.title}” rests on an agreement with this person, and there is none now.",
        )
    needs_consent = basis is Basis.CONSENT or (category.special and condition is Condition.EXPLICIT_CONSENT)
    if needs_consent and not standing.consent:
        taken = "They took back their consent" if standing.consent_taken_back else "They have not consented"
        return _no(
            Check.BASIS,
            "UK GDPR Article 7(3), LAW-3.13" if standing.consent_taken_back else basis.article,
            f"{taken} to “{declared.title}”.",
        )
    if basis in _OBJECTABLE and standing.objected:
        return _no(
            Check.BASIS, "UK GDPR Article 21, LAW-3.9", f"They objected to “{declared.title}”, so it has stopped."
        )
    if basis is Basis.VITAL_INTERESTS:
        return _no(Check.BASIS, basis.article, f"“{declared.title}” is for emergencies: break the glass first.")
    if category.special:
        if condition is None:
            return _no(
                Check.BASIS,
                "LAW-5.1",
                f"“{declared.title}” names no Article 9 condition, so it may not use health data.",
            )
        if (
            condition is Condition.HEALTH_CARE
            and asker.relation is Relation.STAFF
            and not any(role in register.roles and register.roles[role].secrecy for role in asker.roles)
        ):
            return _no(Check.BASIS, "LAW-5.2", "Only people bound to secrecy may see health information.")
    return None


def _need_fails(purpose: Purpose, category: Category, asker: Asker, standing: Standing) -> Decision | None:
    """Genes, biometrics and ethnic origin are opened where something needs them, and held to what is necessary everywhere else."""
    if category not in LOCKED or purpose.of_the_kernel or asker.relation not in {Relation.STAFF, Relation.SERVICE}:
        return None
    if category in standing.needed:
        return None
    return _no(
        Check.BASIS,
        "UK GDPR Articles 5(1)(c) and 9(1)",
        "This kind of information is locked. It opens only for those who give a treatment that needs it, to people who "
        "come for that treatment.",
    )


def _restriction_fails(
    purpose: Purpose,
    category: Category,
    action: Action,
    asker: Asker,
    standing: Standing,
    use: PermittedUse | None,
) -> Decision | None:
    if not standing.restricted or purpose in UNDER_RESTRICTION or use is not None:
        return None
    if asker.relation in {Relation.SELF, Relation.REPRESENTATIVE} and action in {Action.READ, Action.EXPORT}:
        return None  # the person's own view stays
    if standing.use_chosen and action in {Action.READ, Action.EXPORT, Action.DISCLOSE}:
        return None  # one of the uses that the law leaves, chosen and reasoned; nothing is changed meanwhile
    if category is Category.IDENTITY and action is Action.READ:
        return None  # the name and the banner stay readable
    return _no(
        Check.RESTRICTION,
        "UK GDPR Article 18, LAW-3.6",
        "They asked us to restrict the use of their record. Until that is lifted it is stored and not used.",
    )


def check_can_break_glass(
    *, note: str, second_factor_age_s: float | None, own_record: bool, health_professional: bool
) -> str:
    """
    Say why the glass may not be broken, or "" when it may: a health role, a fresh second factor, a written reason, never
    one's own or a linked record (pitfalls B14).
    """
    if not health_professional:
        return "Only a health professional can open a record in an emergency."
    if own_record:
        return "This is your own record, or that of someone linked with you. A colleague has to open it."
    if second_factor_age_s is None or second_factor_age_s > FRESH_SECONDS:
        return "Confirm with your second factor first: the last time was more than five minutes ago."
    return check_emergency_note(note)


def check_emergency_note(note: str) -> str:
    """Say what is wrong with a written reason, or "" when it says something (pitfalls B14)."""
    words = {word.casefold() for word in note.split() if any(c.isalpha() for c in word)}
    if len(words) < 3 or len(note.strip()) < 15 or len(set(note.casefold()) - {" "}) < 6:
        return "Write in a sentence what the emergency is: at least three different words. It will be reviewed."
    return ""


FRESH_SECONDS = 300
GLASS_MINUTES = 30
