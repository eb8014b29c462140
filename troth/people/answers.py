"""What this room tells the kernel: the services that act in it, and what connects them with people."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.people.rules import TELLING_APART
from troth.people.selectors.factors import with_second_factor
from troth.people.selectors.finding import found_by
from troth.people.selectors.same import to_look_at
from troth.people.selectors.staff import staff_among
from troth.people.selectors.steps import without_account
from troth.vault import secrets
from troth.vault.categories import Category
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
