"""Staff: those who start and those who leave."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import acts, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, new_subject
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import Account, Session, StaffContact, StaffProfile
from troth.people.rules import normal_email
from troth.people.selectors.sessions import owner_of
from troth.people.services.accounts import _encoded, _open_account
from troth.vault.categories import Category
from troth.vault.models import SubjectKind


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
    password: str,
    registration: tuple[str, str] = ("", ""),
    role_words: str = "",
) -> UUID:
    """
    Take someone on, and give their id: their roles, their account, and the profile that patients can read.

    `registration` is a public register and a number on it, such as ("GMC", "7654321").

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
    _open_account(made.id, email, _encoded(email, password, known=(name,)), at=at)
    return made.id


@act(Event.STAFF_LEFT, purpose=Purpose.STAFF)
def leave_staff(subject: UUID, *, by: Actor, at: datetime) -> None:
    """
    Let someone go: their roles, sessions and account end with this act. Their profile stays, since records name them.

    :raises Refused: the gate said no.
    """
    acting().require(subject, Category.ACCOUNT, Category.EMPLOYMENT)
    for account in Account.objects.filter(subject_id=subject):
        account.closed = True
        account.save()
    ended, _ = Session.objects.filter(owner=owner_of(subject)).delete()
    acts.touched(subject, f"people.session/{ended}/ended")
    facts.end(subject, FactKind.ROLE, at=at)
    # Last, because what was written above rests on this agreement.
    facts.end(subject, FactKind.CONTRACT, at=at)
