"""Staff: those who start and those who leave."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password

from troth.gate import acts, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, new_subject
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Account, Session, StaffContact, StaffProfile, StartCode
from troth.people.rules import RoleRefused, check_can_give_roles, check_password, normal_email
from troth.people.selectors.factors import recovery_hash
from troth.people.selectors.sessions import owner_of
from troth.people.selectors.staff import has_started
from troth.people.services.accounts import _encoded, _open_account
from troth.people.services.factors import UsedUp, _recovery_code
from troth.vault.categories import Category
from troth.vault.models import SubjectKind
from troth.work import queue

#: For how long a starter's code holds.
START_WITHIN = timedelta(days=7)


class UnknownRole(LookupError):
    """The notice declares no such role, so nobody can be given it."""


@act(Event.STAFF_JOINED, purpose=Purpose.STAFF)
def join_staff(
    *,
    by: Actor,
    at: datetime,
    name: str,
    roles: Collection[str],
    email: str,
    password: str = "",
    registration: tuple[str, str] = ("", ""),
    role_words: str = "",
) -> UUID:
    """
    Take someone on, and give their id: their roles, their account, and the profile that patients can read.

    `registration` is a public register and a number on it, such as ("GMC", "7654321"). Without a password the account opens
    to nobody until they choose one with a code (`make_start_code`).

    :raises UnknownRole: the notice in force declares no such role.
    :raises AlreadyTaken: that address signs somebody in already.
    :raises PoorPassword: the password is guessed first.
    """
    declared = acting().register.roles
    unknown = sorted(set(roles) - set(declared))
    if unknown or not roles:
        wrong = ", ".join(unknown) or "(none was named)"
        raise UnknownRole(f"The notice has no role {wrong}. It has: {', '.join(sorted(declared))}.")
    made = new_subject(SubjectKind.STAFF)
    facts.record(made.id, FactKind.NOTICE_GIVEN, at=at, value=str(acting().register.version))
    facts.record(made.id, FactKind.CONTRACT, at=at)
    for role in sorted(set(roles)):
        facts.record(made.id, FactKind.ROLE, at=at, value=role)
    StaffProfile.objects.create(
        subject_id=made.id,
        display_name=name.strip(),
        role_words=role_words or ", ".join(declared[role].name for role in sorted(set(roles))),
        registration_body=registration[0],
        registration_number=registration[1],
    )
    StaffContact.objects.create(subject_id=made.id, email=normal_email(email))
    # Without a password one that nobody knows stands in until the starter chooses theirs.
    encoded = _encoded(email, password, known=(name,)) if password else make_password(secrets.token_urlsafe(32))
    _open_account(made.id, email, encoded, at=at)
    return made.id


@act(Event.STARTER_INVITED, purpose=Purpose.STAFF)
def invite_starter(
    *,
    by: Actor,
    at: datetime,
    name: str,
    roles: Collection[str],
    email: str,
    registration: tuple[str, str] = ("", ""),
) -> tuple[UUID, str]:
    """
    Take on a starter, and give their id and the code with which they choose a password. It is shown once.

    :raises RoleRefused: a role is not in the notice, or needs a registration.
    :raises AlreadyTaken: that address signs somebody in already.
    """
    check_can_give_roles(
        own=False, wanted=roles, declared=acting().register.roles, registration=" ".join(registration)
    )
    made = join_staff(by=by, at=at, name=name, roles=roles, email=email, registration=registration)
    return made, make_start_code(made, by=by, at=at)


@act(Event.START_CODE_MADE, purpose=Purpose.STAFF)
def make_start_code(subject: UUID, *, by: Actor, at: datetime) -> str:
    """
    Give a new code to start with; the one before stops working.

    :raises LookupError: they have chosen a password already, so that a code would open somebody's account to whoever holds it.
    """
    hold(subject)  # of two codes made at once the first stops working
    acting().require(subject, Category.ACCOUNT)
    if has_started(subject):
        raise LookupError("They have chosen their password already.")
    StartCode.objects.filter(subject_id=subject).delete()
    code = _recovery_code()
    StartCode.objects.create(subject_id=subject, code_hash=recovery_hash(subject, code), expires_at=at + START_WITHIN)
    return code


@act(Event.STARTED, purpose=Purpose.ACCOUNT_SECURITY)
def start(subject: UUID, *, by: Actor, at: datetime, code: UUID, password: str, known: tuple[str, ...] = ()) -> None:
    """
    Choose the first password with a code that was found right; it is used up.

    :raises UsedUp: it was used a moment ago.
    :raises PoorPassword: the password is guessed first.
    """
    acting().require(subject, Category.ACCOUNT)
    check_password(password, known=known)
    if not StartCode.objects.filter(subject_id=subject, pk=code, expires_at__gt=at).delete()[0]:
        raise UsedUp("This code was used already.")
    account = Account.objects.select_for_update().get(subject_id=subject)
    account.password_hash = make_password(password)
    account.password_set_at = at
    account.save()


@act(Event.ROLES_CHANGED, purpose=Purpose.STAFF)
def change_roles(subject: UUID, *, by: Actor, at: datetime, roles: Collection[str]) -> None:
    """
    Give a member of staff these roles and no others. It is in force with this act, in every process.

    :raises RoleRefused: they are one's own, not in the notice, or need a registration.
    :raises Refused: the gate said no.
    """
    hold(subject)  # of two who decide at once the second replaces what the first gave, and does not add to it
    acting().require(subject, Category.EMPLOYMENT)
    profile = StaffProfile.objects.get(subject_id=subject)
    declared, wanted = acting().register.roles, sorted(set(roles))
    check_can_give_roles(
        own=subject == by.id,
        wanted=wanted,
        declared=declared,
        registration=f"{profile.registration_body} {profile.registration_number}",
    )
    until = _last_moment(subject, at=at)
    facts.end(subject, FactKind.ROLE, at=at)
    for role in wanted:
        facts.record(subject, FactKind.ROLE, at=at, value=role, until=until)
    profile.role_words = ", ".join(declared[role].name for role in wanted)
    profile.save()


@act(Event.LAST_DAY_SET, purpose=Purpose.STAFF)
def set_last_day(subject: UUID, *, by: Actor, at: datetime, until: datetime) -> None:
    """
    Let somebody go at a moment to come: every role ends then by itself, and the account is closed by a job.

    :raises RoleRefused: it is oneself.
    :raises ValueError: that moment has passed; `leave_staff` is for now.
    """
    hold(subject)
    acting().require(subject, Category.ACCOUNT, Category.EMPLOYMENT)
    if subject == by.id:
        raise RoleRefused("Nobody sets their own last day. Ask another administrator.")
    if until <= at:
        raise ValueError("That day has passed.")
    held = [fact.value for fact in facts.of(subject, FactKind.ROLE, at=at)]
    facts.end(subject, FactKind.ROLE, at=at)
    for role in held:
        facts.record(subject, FactKind.ROLE, at=at, value=role, until=until)
    queue.declared["people.let_go"].using(run_after=until + timedelta(seconds=1)).enqueue(subject)


def _last_moment(subject: UUID, *, at: datetime) -> datetime | None:
    ends = [fact.until for fact in facts.of(subject, FactKind.ROLE, at=at) if fact.until is not None]
    return facts.moment(max(ends)) if ends else None


@act(Event.STAFF_LEFT, purpose=Purpose.STAFF)
def leave_staff(subject: UUID, *, by: Actor, at: datetime) -> None:
    """
    Let someone go: their roles, sessions and account end with this act. Their profile stays, since records name them.

    :raises RoleRefused: it is oneself.
    :raises Refused: the gate said no.
    """
    hold(subject)  # no role is given in between, which would outlast them
    acting().require(subject, Category.ACCOUNT, Category.EMPLOYMENT)
    if subject == by.id:
        raise RoleRefused("Nobody lets themselves go. Ask another administrator.")
    for account in Account.objects.select_for_update().filter(subject_id=subject):
        account.closed = True
        account.save()
    ended, _ = Session.objects.filter(owner=owner_of(subject)).delete()
    acts.touched(subject, f"people.session/{ended}/ended")
    facts.end(subject, FactKind.ROLE, at=at)
    # Last, because what was written above rests on this agreement.
    facts.end(subject, FactKind.CONTRACT, at=at)
