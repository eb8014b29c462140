"""
Registering, and asking for a link: what a stranger asks is written down the same way whatever address they type; a job answers.

    ask_account, ask_link, ask_address     the page writes a step, and says the same to everybody
    answer_step                            the job looks whether the address is known, and writes the message that fits
    confirm_step, choose_password          the link was followed, and a button pressed: a mail scanner presses none

Nobody can sign in with an address that was not confirmed, and nobody learns whether one is known: that somebody is a patient
here is health data (pitfalls B16).
"""

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password

from troth.copies.disposing import dispose_rows
from troth.delivery import services as delivery
from troth.delivery.rules import Kind
from troth.design.moments import said_when
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, new_subject, touched
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.models import FIND_SIGN_IN, FIND_STEP, Account, AccountStep, ClaimCode, Contact, Identity, StepKind
from troth.people.rules import check_password, normal_email, normal_postcode, normal_telephone, told_apart_by
from troth.people.selectors.steps import Step, find_step, hash_of
from troth.people.services.accounts import _end_steps, _open_account, change_password
from troth.people.services.telling import _tell
from troth.vault import search
from troth.vault.categories import Category
from troth.vault.models import Subject, SubjectKind
from troth.work import queue

LIFE = timedelta(days=3)
LIFE_OF_RESET = timedelta(hours=1)
_LOOKED_AT_WITHIN = timedelta(days=1)  # a link that was asked for waits that long for a worker
_CONFIRMED_BY_LINK = (StepKind.REGISTRATION, StepKind.CLAIM, StepKind.ADDRESS)
_LETTERS = {
    StepKind.REGISTRATION: Kind.CONFIRM_REGISTRATION,
    StepKind.CLAIM: Kind.CONFIRM_CLAIM,
    StepKind.ADDRESS: Kind.CONFIRM_ADDRESS,
}
_NOTHING: dict[str, Any] = {}
_ROUTES = "it notes in open columns that a step is over, and opens nothing of it"


class LinkOver(LookupError):
    """The link was used, is over, or never was: which of them is said to nobody."""


# -- asking ------------------------------------------------------------------------------------------------------------
@act(Event.ACCOUNT_ASKED, purpose=Purpose.ACCOUNT_SECURITY)
def ask_account(
    *,
    by: Actor,
    at: datetime,
    given_name: str,
    family_name: str,
    born_on: date,
    email: str,
    telephone: str,
    address: str,
    postcode: str,
    password: str,
) -> UUID:
    """
    Take a stranger's registration in: that they were given the notice in force, and what they typed, which becomes a record when
    they confirm their address, and is destroyed after three days when they do not. Gives the id of the subject.

    :raises PoorPassword: the password is guessed first.
    :raises NoNotice: none is in force.
    """
    email = normal_email(email)
    check_password(password, known=(email.partition("@")[0], email, given_name, family_name))
    made = new_subject(SubjectKind.ENQUIRER)
    details = {
        "given_name": given_name.strip(),
        "family_name": family_name.strip(),
        "born_on": born_on.isoformat(),
        "telephone": normal_telephone(telephone),
        "address": address.strip(),
        "postcode": normal_postcode(postcode),
    }
    _write_step(
        made.id,
        StepKind.REGISTRATION,
        email,
        at + LIFE,
        password_hash=make_password(password),
        details=details,
        given=str(acting().register.version),
        by=actors.enquirer(made.id),
        at=at,
    )
    return made.id


@act(Event.LINK_ASKED, purpose=Purpose.ACCOUNT_SECURITY)
def ask_link(email: str, *, by: Actor, at: datetime) -> None:
    """
    Take in that somebody wants a link for an address: to choose a new password, or to confirm a registration that waits.

    :raises ValueError: it is not an address.
    """
    made = new_subject(SubjectKind.ENQUIRER)
    _write_step(
        made.id, StepKind.LINK, normal_email(email), at + _LOOKED_AT_WITHIN, by=actors.enquirer(made.id), at=at
    )


@act(Event.ADDRESS_CHANGE_ASKED, purpose=Purpose.ACCOUNT_SECURITY)
def ask_address(subject: UUID, *, by: Actor, at: datetime, email: str) -> None:
    """
    Take in that somebody wants to sign in with another address. It changes when they confirm it there; the old one is told now.

    :raises Refused: the actor may not change that person's account.
    :raises ValueError: it is not an address.
    """
    acting().require(subject, Category.ACCOUNT)
    _end_steps(subject, (StepKind.ADDRESS,), at=at)
    _write_step(subject, StepKind.ADDRESS, normal_email(email), at + LIFE, by=by, at=at)
    _tell(subject, Kind.ADDRESS_CHANGE_ASKED, by=by, at=at)


@act(Event.LINK_ASKED, purpose=Purpose.ACCOUNT_SECURITY)
def _write_step(
    subject: UUID,
    kind: StepKind,
    email: str,
    expires_at: datetime,
    *,
    by: Actor,
    at: datetime,
    password_hash: str = "",
    details: dict[str, Any] = _NOTHING,
    given: str = "",  # the version of the notice that stood beside the form
) -> None:
    if given:
        facts.record(subject, FactKind.NOTICE_GIVEN, at=at, value=given)
    row = AccountStep.objects.create(
        subject_id=subject,
        kind=kind,
        email=email,
        password_hash=password_hash,
        details=details,
        expires_at=expires_at,
    )
    queue.declared["people.answer_step"].enqueue(row.pk)


# -- answering ---------------------------------------------------------------------------------------------------------
def _answer_step(step: UUID, *, at: datetime) -> None:
    """Look whether the address of a step is known, and write the message that fits. Called by the job, which does it once."""
    row = AccountStep.objects.filter(pk=step, expires_at__gt=at).first()
    if row is None:
        return
    by, kind = actors.service("account-steps"), StepKind(row.kind)
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=by, at=at):
        email = row.email or ""
    owner = _owner_of(email, at=at)
    if kind is StepKind.LINK:
        waiting = None if owner else _waiting_for(email, at=at)
        if owner is not None:
            _offer_password(owner, email, by=by, at=at)
        elif waiting is not None:
            _offer_link(waiting.pk, waiting.subject_id, StepKind(waiting.kind), email, by=by, at=at)
        else:
            delivery.send_email(row.subject_id, kind=Kind.NO_ACCOUNT, to=email, by=by, at=at)
        _end_step(row.pk, by=by, at=at)
    elif owner is not None and owner != row.subject_id:
        delivery.send_email(owner, kind=Kind.ALREADY_REGISTERED, to=email, by=by, at=at)
        _end_step(row.pk, by=by, at=at)
    else:
        _offer_link(row.pk, row.subject_id, kind, email, by=by, at=at)


def _owner_of(email: str, *, at: datetime) -> UUID | None:
    """Whose open account an address signs in to."""
    for subject, pk in search.find_exact(FIND_SIGN_IN, email):
        account = Account.objects.filter(pk=pk, subject_id=subject).first()
        with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("account-steps"), at=at):
            current = account is not None and search.fold(account.sign_in_email or "") == search.fold(email)
            if account is not None and current and not account.closed:
                return subject
    return None


def _waiting_for(email: str, *, at: datetime) -> AccountStep | None:
    """The newest registration or claim with that address that was not confirmed yet."""
    found = [pk for _, pk in search.find_exact(FIND_STEP, email)]
    kinds = (StepKind.REGISTRATION, StepKind.CLAIM)
    return (
        AccountStep.objects.filter(pk__in=found, kind__in=kinds, expires_at__gt=at).order_by("-recorded_at").first()
    )


def _link_to(token: str) -> str:
    return f"{settings.TROTH_SITE}/link/{token}/"


@act(Event.LINK_MADE, purpose=Purpose.ACCOUNT_SECURITY)
def _offer_link(step: UUID, subject: UUID, kind: StepKind, email: str, *, by: Actor, at: datetime) -> None:
    """A link for a step that waits; an older one of it is worth nothing from now on."""
    acting().require(subject, Category.ACCOUNT)
    token = secrets.token_urlsafe(32)
    row = AccountStep.objects.get(pk=step)
    row.token_hash = hash_of(token)
    row.save(update_fields=["token_hash"])
    delivery.send_email(
        subject,
        kind=_LETTERS[kind],
        to=email,
        context={"until": said_when(row.expires_at)},
        link=_link_to(token),
        by=by,
        at=at,
    )


@act(Event.LINK_MADE, purpose=Purpose.ACCOUNT_SECURITY)
def _offer_password(subject: UUID, email: str, *, by: Actor, at: datetime) -> None:
    """A link to choose a new password; those asked for earlier are worth nothing from now on."""
    acting().require(subject, Category.ACCOUNT)
    _end_steps(subject, (StepKind.PASSWORD,), at=at)
    token = secrets.token_urlsafe(32)
    AccountStep.objects.create(
        subject_id=subject,
        kind=StepKind.PASSWORD,
        email="",
        password_hash="",
        details={},
        token_hash=hash_of(token),
        expires_at=at + LIFE_OF_RESET,
    )
    delivery.send_email(
        subject,
        kind=Kind.RESET_PASSWORD,
        to=email,
        context={"until": said_when(at + LIFE_OF_RESET)},
        link=_link_to(token),
        by=by,
        at=at,
    )


# -- confirming --------------------------------------------------------------------------------------------------------
def _confirm_step(token: str, *, at: datetime) -> StepKind:
    """
    Do what waited for this link: open the account, or change the address. Gives what it was.

    :raises LinkOver: it was used, is over, never was, or leads to something that takes more than a button.
    :raises AlreadyTaken: somebody else confirmed that address in the meantime. Say so to nobody.
    """
    step = find_step(token, at=at)
    if step is None or step.kind not in _CONFIRMED_BY_LINK:
        raise LinkOver
    row = AccountStep.objects.get(pk=step.id)
    with boundary(), processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=_service(step), at=at):
        email, encoded, details = row.email or "", row.password_hash or "", row.details or {}
    if step.kind is StepKind.REGISTRATION:
        _open_registered(step, email, encoded, details, by=actors.enquirer(step.subject), at=at)
    elif step.kind is StepKind.CLAIM:
        _open_claimed(step, email, encoded, by=_service(step), at=at)
    else:
        _change_address(step, email, by=_service(step), at=at)
    return step.kind


def _service(step: Step) -> Actor:
    return actors.service("account-steps", on_behalf_of=step.subject)


@act(Event.PERSON_REGISTERED, purpose=Purpose.REGISTRATION)
def _open_registered(
    step: Step, email: str, encoded: str, details: dict[str, str], *, by: Actor, at: datetime
) -> None:
    """Make the record and the account of someone who confirmed their address, and the agreement that they asked for."""
    facts.record(step.subject, FactKind.CONTRACT, at=at)
    _use(step, at=at)
    Subject.objects.filter(pk=step.subject).update(kind=SubjectKind.PATIENT)
    touched(step.subject, f"vault.subject/{step.subject.hex}/{SubjectKind.PATIENT.value}")
    born_on = date.fromisoformat(details["born_on"])
    Identity.objects.create(
        subject_id=step.subject,
        title="",
        given_name=details["given_name"],
        family_name=details["family_name"],
        born_on=born_on,
        told_apart_by=told_apart_by(details["given_name"], details["family_name"], born_on),
    )
    Contact.objects.create(
        subject_id=step.subject,
        email=email,
        telephone=details["telephone"],
        address=details["address"],
        postcode=details["postcode"],
    )
    _open_account(step.subject, email, encoded, at=at)


@act(Event.ACCOUNT_OPENED, purpose=Purpose.ACCOUNT_SECURITY)
def _open_claimed(step: Step, email: str, encoded: str, *, by: Actor, at: datetime) -> None:
    """Open the account of somebody whose record was made at reception; the address that we reach them by is told."""
    hold(step.subject)
    if Account.objects.filter(subject_id=step.subject).exists():
        raise LinkOver
    _use(step, at=at)
    ClaimCode.objects.filter(subject_id=step.subject).delete()
    facts.record(step.subject, FactKind.NOTICE_GIVEN, at=at, value=str(acting().register.version))
    _tell(step.subject, Kind.RECORD_CLAIMED, by=by, at=at)
    _open_account(step.subject, email, encoded, at=at)


@act(Event.ADDRESS_CHANGED, purpose=Purpose.ACCOUNT_SECURITY)
def _change_address(step: Step, email: str, *, by: Actor, at: datetime) -> None:
    """Let somebody sign in with the address that they confirmed; the old one is told."""
    hold(step.subject)
    account = Account.objects.select_for_update().filter(subject_id=step.subject).first()
    if account is None:
        raise LinkOver
    _use(step, at=at)
    _tell(step.subject, Kind.ADDRESS_CHANGED, by=by, at=at)
    account.sign_in_email = email
    account.save()


def _choose_password(token: str, *, at: datetime, password: str) -> None:
    """
    Set the password of somebody who followed a link. Every session ends, what else waited for a link ends, and they are told; a
    second factor stays as it is.

    :raises LinkOver: the link was used, is over, or never was.
    :raises PoorPassword: the password is guessed first.
    """
    step = find_step(token, at=at)
    if step is None or step.kind is not StepKind.PASSWORD:
        raise LinkOver
    check_password(password)
    _set_password(step, password, by=_service(step), at=at)


@act(Event.ADDRESS_CONFIRMED, purpose=Purpose.ACCOUNT_SECURITY)
def _set_password(step: Step, password: str, *, by: Actor, at: datetime) -> None:
    acting().require(step.subject, Category.ACCOUNT)
    hold(step.subject)  # before the step, as everybody takes the two
    _use(step, at=at)
    change_password(step.subject, by=by, at=at, password=password)


# -- ending ------------------------------------------------------------------------------------------------------------
def _use(step: Step, *, at: datetime) -> None:
    """
    End a step in the act that does it; of two that come at once, the second finds it over. Its token goes with it: a page that was
    asked for a moment earlier, and waited here, would hold its own moment against the end and find time left.
    """
    waiting = AccountStep.objects.filter(pk=step.id, expires_at__gt=at, token_hash__isnull=False)
    if not waiting.update(expires_at=at, token_hash=None):
        raise LinkOver


@act(Event.STEP_DISPOSED, purpose=Purpose.ACCOUNT_SECURITY, unasked=_ROUTES)
def _end_step(step: UUID, *, by: Actor, at: datetime) -> None:
    AccountStep.objects.filter(pk=step).update(expires_at=at)


def _dispose_steps(*, at: datetime) -> int:
    """Destroy what is over: steps with their keys, and codes. Gives how many went."""
    over = list(AccountStep.objects.filter(expires_at__lte=at).only("id", "subject")[:200])
    codes = list(ClaimCode.objects.filter(expires_at__lte=at)[:200])
    for row in over:
        _dispose([row], by=actors.service("account-steps"), at=at)
    for code in codes:
        _remove_code(code, by=actors.service("account-steps"), at=at)
    return len(over) + len(codes)


@act(Event.STEP_DISPOSED, purpose=Purpose.ACCOUNT_SECURITY, unasked="what is over is destroyed, and opened by nobody")
def _dispose(rows: list[AccountStep], *, by: Actor, at: datetime) -> None:
    dispose_rows(rows, at=at)


@act(Event.STEP_DISPOSED, purpose=Purpose.ACCOUNT_SECURITY)
def _remove_code(code: ClaimCode, *, by: Actor, at: datetime) -> None:
    code.delete()


# Made of an opening and an act: they are no acts themselves, which is what a public function of this room would have to be.
answer_step = _answer_step
confirm_step = _confirm_step
choose_password = _choose_password
dispose_steps = _dispose_steps
owner_of = _owner_of
