"""What this room tells the kernel: the services that act in it, and what connects them with people."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.people.rules import TELLING_APART
from troth.people.selectors.adjusting import adjustments_in_words
from troth.people.selectors.bringing import who_were_brought
from troth.people.selectors.factors import with_second_factor
from troth.people.selectors.finding import found_by
from troth.people.selectors.history import outcome_in_words
from troth.people.selectors.same import to_look_at
from troth.people.selectors.staff import staff_among
from troth.people.selectors.steps import without_account
from troth.vault import secrets
from troth.vault.categories import Category
from troth.vault.saying import Known, says
from troth.work import throttle

#: Who was found by name, with a reason, may be served by who found them for so long.
FOUND_FOR = timedelta(minutes=30)
#: Opens an account before anybody is signed in, to compare a password or a second factor; keeps from where it was tried.
actors.declare_service(
    "sign-in",
    purposes={Purpose.ACCOUNT_SECURITY, Purpose.SECURITY_LOG},
    categories={Category.ACCOUNT, Category.NETWORK},
    modules={
        "troth.people.selectors.signing_in",
        "troth.people.selectors.factors",
        "troth.people.selectors.passkeys",
        "troth.people.selectors.staff",
        "troth.people.jobs",
        "troth.portal.views.signing_in",
    },
)
#: Closes the accounts of those whose last day is over.
actors.declare_service(
    "leaving",
    purposes={Purpose.STAFF, Purpose.ACCOUNT_SECURITY},
    categories={Category.ACCOUNT, Category.EMPLOYMENT},
    modules={"troth.people.jobs"},
)
#: Answers what was asked of an account while nobody is signed in, and does what a confirmed link allows.
actors.declare_service(
    "account-steps",
    purposes={Purpose.ACCOUNT_SECURITY},
    categories={Category.ACCOUNT, Category.CONTACT, Category.IDENTITY},  # a letter's envelope names whom it is for
    modules={
        "troth.people.services.steps",
        "troth.people.services.claiming",
        "troth.people.services.telling",
    },
)
#: Brings over what the system before held: for whoever can run a command on the server, or sends a file by the page.
actors.declare_service(
    "bring-in",
    purposes={Purpose.REGISTRATION, Purpose.BOOKING, Purpose.CARE},
    categories={Category.IDENTITY, Category.CONTACT, Category.CORRESPONDENCE, Category.HEALTH},
    modules={
        "troth.people.services.bringing",
        "troth.diary.services.bringing",
        "troth.records.services.bringing",
        "troth.bringing.services",
        "troth.bringing.services.reading",
    },
)
#: Brings the first people of a new clinic in; whoever can run a command on the server can.
actors.declare_service(
    "setup",
    purposes={Purpose.STAFF, Purpose.ACCOUNT_SECURITY},
    categories={Category.IDENTITY, Category.CONTACT, Category.ACCOUNT, Category.EMPLOYMENT},
    modules={"troth.demo.clinic", "troth.cli.staff"},
)


@reasons.reason("signing in", serves={Purpose.ACCOUNT_SECURITY, Purpose.SECURITY_LOG}, told="you signed in")
def signing_in(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The sign-in service has reason to look at whoever's address was typed, and at nothing but their account and its tries."""
    return set(subjects) if actor.kind == "service" and actor.name == "sign-in" else set()


@reasons.reason(
    "something asked of the account", serves={Purpose.ACCOUNT_SECURITY}, told="something was asked of your account"
)
def answering(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever asks for a link, or is told of a change, is written to by a service that opens their address and account only."""
    return set(subjects) if actor.kind == "service" and actor.name == "account-steps" else set()


@reasons.reason(
    "a record that was brought over",
    serves={Purpose.BOOKING, Purpose.CARE},
    told="your record was brought over from the system that we used before",
)
def bringing_in(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that brings in visits and notes has this reason for those whose record it brought."""
    return who_were_brought(subjects) if actor.kind == "service" and actor.name == "bring-in" else set()


@reasons.reason("a record without an account", serves={Purpose.REGISTRATION}, told="you could not sign in yet")
def opening_accounts(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    Staff have this reason for people who cannot sign in yet; the notice says which role may register people.

    Not for instructions: a claimant without an account would open to every solicitor. There the case is the reason.
    """
    return without_account(set(subjects)) if actor.roles else set()


@reasons.reason(
    "a second step that they lost",
    serves={Purpose.REGISTRATION},
    told="somebody said that you lost your second step",
)
def letting_back(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Who serves people may make sure who it is of those with a second factor whom they have found, in the last half hour."""
    if actor.id is None or not actor.roles & TELLING_APART:
        return set()
    return found_by(actor.id, with_second_factor(subjects), since=at - FOUND_FOR)


@reasons.reason(
    "two records that may be one person",
    serves={Purpose.REGISTRATION, Purpose.INSTRUCTIONS},
    told="two records here may both be yours",
)
def telling_apart(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever registers people has this reason for two records that share something, until it is decided whether they are one's."""
    if actor.id is None or not actor.roles & TELLING_APART:
        return set()
    return to_look_at(actor.id, subjects)


@reasons.reason(
    "running staff accounts",
    serves={Purpose.STAFF, Purpose.ACCOUNT_SECURITY},
    told="they run the accounts of our staff",
)
def runs_staff_accounts(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Colleagues and the set-up of the clinic have this reason for members of staff; the notice says which role may use it."""
    if actor.roles or (actor.kind == "service" and actor.name in {"setup", "leaving"}):
        return staff_among(subjects)
    return set()


def _throttle_secret() -> bytes:
    return secrets.opened().named("throttle")


throttle.set_secret_provider(_throttle_secret)


@says("people.representation", "scope")
def scope_in_words(row: Any, field: str, known: Known) -> str:
    """What somebody who acts for a person may ask for, for which uses, and of which kinds of data."""
    asks, uses, kinds = (row.scope.get(name) for name in ("rights", "purposes", "categories"))
    parts = ["Everything that you could ask" if asks is None else ", ".join(asks) or "Nothing by themselves"]
    parts += [f"for: {', '.join(uses)}"] if uses else []
    parts += [f"of these kinds: {', '.join(kinds)}"] if kinds else []
    return "; ".join(parts).replace("_", " ")


@says("people.adjusted", "wanted")
def arranged_in_words(row: Any, field: str, known: Known) -> str:
    """What is arranged for somebody's visits, which is kept as codes."""
    return adjustments_in_words(row) or "Nothing"


@says("people.signintry", "outcome")
def try_in_words(row: Any, field: str, known: Known) -> str:
    """How a try to sign in went."""
    return outcome_in_words(row.outcome)


@says("people.staffprofile", "display_name", "role_words", "registration_body", "registration_number")
def profile_in_words(row: Any, field: str, known: Known) -> str:
    """What a profile publishes is no structure: whoever it is about reads it among their data."""
    return str(getattr(row, field))
