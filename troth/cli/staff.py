"""`troth staff invite|let-back`: the first administrator of a clinic, and the way back of the only one."""

import argparse
from datetime import UTC, datetime
from typing import Any

from troth.cli.stopped import BAD_INPUT, Stopped


def register(subparsers: Any) -> None:
    """Add `staff` and its verbs to the command line."""
    staff: argparse.ArgumentParser = subparsers.add_parser("staff", help="bring in a clinic's first administrator")
    verbs = staff.add_subparsers(dest="verb", required=True, metavar="invite|let-back")
    invite = verbs.add_parser(
        "invite", help="give the first administrator a code to start with; refused once there is one"
    )
    invite.add_argument("--name", required=True, help="as patients and colleagues read it")
    invite.add_argument("--role", default="administrator", help="a role that runs the staff (default: administrator)")
    invite.set_defaults(func=_invite)
    back = verbs.add_parser(
        "let-back", help="take away the lost second factor of the only administrator, who still needs their password"
    )
    back.set_defaults(func=_let_back)
    for verb in (invite, back):
        verb.add_argument("--email", required=True, help="the address with which they sign in")


def _prepare() -> datetime:
    """The moment of the command, with the stores at hand and a notice in force."""
    from troth.cli.main import prepare_stores

    prepare_stores()
    from troth.notice.selectors import version_in_force

    at = datetime.now(UTC)
    if version_in_force(at) is None:
        raise Stopped(
            "No notice is in force, and nobody works here before there is one.",
            "Publish it first: troth notice publish FILE",
        )
    return at


def _invite(args: argparse.Namespace) -> int:
    at = _prepare()
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.utils import timezone

    from troth.gate import actors
    from troth.gate.boundary import boundary
    from troth.people import services
    from troth.people.rules import RoleRefused
    from troth.people.services.staff import START_WITHIN
    from troth.vault.errors import AlreadyTaken

    try:
        validate_email(args.email)
    except ValidationError:
        raise Stopped(
            "That is no email address.", "Write it in full: --email name@clinic.example", BAD_INPUT
        ) from None
    if not args.name.strip():
        raise Stopped("Nobody is called nothing.", 'Write their name: --name "Ada Lark"', BAD_INPUT)
    try:
        with boundary():
            code = services.invite_first(
                by=actors.service("setup"), at=at, name=args.name, email=args.email, role=args.role
            )
    except RoleRefused as refused:
        raise Stopped(str(refused)) from None
    except AlreadyTaken:
        raise Stopped("That address signs somebody in already.", "Give them another one.") from None
    until = timezone.localtime(at + START_WITHIN)
    print(
        f"{args.name.strip()} starts at {settings.TROTH_SITE}/start/\n"
        f"with this code, which is shown once and holds until {until:%-d %B %Y, %H:%M}:\n\n  {code}"
    )
    return 0


def _let_back(args: argparse.Namespace) -> int:
    at = _prepare()
    from troth.gate import actors
    from troth.gate.boundary import boundary
    from troth.people import selectors, services
    from troth.people.rules import RoleRefused
    from troth.people.services.resets import ResetRefused

    subject = selectors.find_member(args.email, at=at)
    if subject is None:
        raise Stopped("No member of staff signs in with that address.", "Look at how it is spelt.")
    try:
        with boundary():
            services.let_only_one_back(subject, by=actors.service("setup"), at=at)
    except (RoleRefused, ResetRefused) as refused:
        raise Stopped(str(refused)) from None
    print(
        "Their second factor is taken away, and every session has ended. They sign in with their password and set up a new one."
    )
    return 0
