"""`troth rights list|export|erase`: the rights desk at a terminal, acting for a named privacy officer."""

import argparse
import json
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.cli.stopped import BAD_INPUT, FOUND_AGAINST, Stopped

if TYPE_CHECKING:
    from troth.gate.actors import Actor
    from troth.rights.selectors import ErasurePlan

_HANDED_OVER = "We made your copy as a file and hand it to you."


def register(subparsers: Any) -> None:
    """Add `rights` and its verbs to the command line."""
    rights: argparse.ArgumentParser = subparsers.add_parser("rights", help="answer people who use their rights")
    verbs = rights.add_subparsers(dest="verb", required=True, metavar="list|export|erase|key")

    listed = verbs.add_parser("list", help="list the requests that wait, soonest due first; it opens nothing")
    listed.set_defaults(func=_list)

    export = verbs.add_parser("export", help="write a copy of everything held about a person, as a ZIP in the clear")
    export.add_argument(
        "--to", type=Path, required=True, metavar="FILE", help="where to write it; it must not exist yet"
    )
    export.add_argument(
        "--reviewed",
        action="store_true",
        help="a health professional has let go of the health entries that wait for it (LAW-4.5)",
    )
    export.set_defaults(func=_export)

    erase = verbs.add_parser(
        "erase", help="show what an erasure would destroy; with --yes, do it and print the certificate"
    )
    erase.add_argument("--close-account", action="store_true", help="destroy the person's sign-in too")
    erase.add_argument(
        "--everything",
        action="store_true",
        help="no ground to keep anything holds: leave only the file of the request (LAW-3.5)",
    )
    erase.add_argument(
        "--yes", action="store_true", help="you have read the plan, and what goes cannot be brought back"
    )
    erase.set_defaults(func=_erase)
    key = verbs.add_parser("key", help="print this clinic’s key for exchanging data with other clinics")
    key.set_defaults(func=_key)
    for verb in (export, erase):
        verb.add_argument("--subject", required=True, metavar="ID", help="the person's id")
        verb.add_argument(
            "--by", required=True, metavar="ID", help="the id of the privacy officer for whom this is done"
        )
    for verb in (listed, erase):
        verb.add_argument("--json", action="store_true", help="print the result as JSON")


def _prepare() -> None:
    from troth.cli.main import prepare_stores

    prepare_stores()


def _key(args: argparse.Namespace) -> int:
    _prepare()
    from troth.rights.selectors.exchange import public_key_text

    print(public_key_text())
    return 0


def _list(args: argparse.Namespace) -> int:
    _prepare()
    from troth.rights.selectors.cases import open_cases

    rows = [
        {"case": case.hex, "person": person.hex, "right": right, "state": state.value, "due_on": due.isoformat()}
        for case, person, right, state, due, _ in open_cases()
    ]
    if args.json:
        print(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        print(f"{row['due_on']}  {row['right']:<14} {row['state']:<8} person {row['person']}  case {row['case']}")
    if not rows:
        print("No request waits.")
    return 0


def _export(args: argparse.Namespace) -> int:
    _prepare()
    from troth.gate.contexts import processing
    from troth.ledger.sealing import seal
    from troth.notice.purposes import Action, Purpose
    from troth.rights import selectors, services
    from troth.rights.rules.letters import Ending

    at = datetime.now(UTC)
    subject, desk = _person(args.subject), _desk(args.by, at)
    if args.to.exists():
        raise Stopped(f"{args.to} exists already.", "Name a file that does not: nothing is written over.")
    with _refusals():
        try:
            case = services.case_to_copy(subject, by=desk, at=at)
        except services.StepRefused as why:
            raise Stopped(str(why), code=FOUND_AGAINST) from None
        with processing(Purpose.RIGHTS, Action.EXPORT, by=desk, at=at) as opened:
            copy = selectors.make_copy(subject, opened, at=at, reviewed=args.reviewed)
            services.record_copy(subject, by=desk, at=at, digest=copy.digest)
        with _new_file(args.to) as file:
            for piece in copy.pieces():
                file.write(piece)
        if not copy.held_back:
            services.finish_case(case, ending=Ending.ANSWERED, words=_HANDED_OVER, by_post=True, by=desk, at=at)
    seal()
    print(
        f"{args.to} is written, readable by you alone, and in the clear: hand it over by a safe way, and delete it here.",
        file=sys.stderr,
    )
    if copy.held_back:
        print(
            f"{copy.held_back} health entries are listed without their content. The case {case.hex} stays open until a health "
            "professional has let them go; then export with --reviewed.",
            file=sys.stderr,
        )
    return 0


def _erase(args: argparse.Namespace) -> int:
    _prepare()
    from troth.copies.journal import JournalUnavailable
    from troth.gate.contexts import processing
    from troth.ledger.sealing import seal
    from troth.notice.purposes import Purpose
    from troth.rights import selectors, services

    at = datetime.now(UTC)
    subject, desk = _person(args.subject), _desk(args.by, at)
    if not args.yes:
        plan = selectors.plan_erasure(subject, at=at, close_account=args.close_account, everything=args.everything)
        _print_plan(plan, as_json=args.json)
        return 0
    try:
        with _refusals():
            case = services.ask_erasure(subject, by=desk, at=at, close_account=args.close_account)
            made = services.carry_out_erasure(case, by=desk, at=at, everything=args.everything)
            with processing(Purpose.RIGHTS, by=desk, at=at) as opened:
                certificate = selectors.get_certificate(made, opened)
    except services.ErasureUnfinished as stopped:
        raise Stopped(
            "The erasure is not at its end, and no certificate was issued. " + " ".join(stopped.problems),
            "The worker goes on with it every five minutes; or run this again.",
            FOUND_AGAINST,
        ) from None
    except (services.StepRefused, JournalUnavailable) as stopped:
        raise Stopped(str(stopped), code=FOUND_AGAINST) from None
    finally:
        seal()
    print(json.dumps({"certificate": certificate.id.hex, **certificate.content}, indent=1, ensure_ascii=False))
    return 0


def _print_plan(plan: "ErasurePlan", *, as_json: bool) -> None:
    from troth.rights.selectors.certifying import fate_values

    if as_json:
        print(
            json.dumps(
                {
                    "goes": [fate_values(kind) for kind in plan.going],
                    "stays": [fate_values(kind) for kind in plan.staying],
                },
                indent=1,
                ensure_ascii=False,
            )
        )
        return
    for words, kinds in (("Goes now", plan.going), ("Stays", plan.staying)):
        for kind in kinds:
            until = f" until {kind.until:%-d %B %Y}" if kind.until else ""
            print(f"{words}{until}: {kind.title}, {kind.rows} entries. {kind.why} ({kind.laws})")
    print("Nothing was erased. Do it with --yes.", file=sys.stderr)


def _person(text: str) -> uuid.UUID:
    from troth.people.selectors import is_known

    try:
        found = uuid.UUID(text)
    except ValueError:
        found = uuid.UUID(int=0)
    if not is_known(found):
        raise Stopped(
            "There is no person of that id.", "Give the id of 32 hex digits that the person's page shows.", BAD_INPUT
        )
    return found


def _desk(text: str, at: datetime) -> "Actor":
    """The desk as a service, for the officer named: the gate asks again for the role at every decision."""
    from troth.gate import actors
    from troth.people import selectors as people
    from troth.rights.rules import PRIVACY_OFFICER

    officers = {
        member.subject: member.name
        for member in people.list_staff()
        if PRIVACY_OFFICER in actors.person(member.subject, at=at).roles
    }
    try:
        officer = uuid.UUID(text)
    except ValueError:
        officer = uuid.UUID(int=0)
    if officer not in officers:
        known = ", ".join(f"{name} ({subject.hex})" for subject, name in officers.items())
        raise Stopped(
            "--by names nobody who is a privacy officer today.",
            f"Privacy officers are: {known}." if known else "The clinic has none: appoint one first.",
            BAD_INPUT,
        )
    return actors.service("rights-desk", on_behalf_of=officer)


class _refusals:  # noqa: N801  reads as a phrase: `with _refusals():`
    """Turns the gate's refusal into a message for the terminal."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from troth.gate.refusals import Refused

        if isinstance(error, Refused):
            raise Stopped(str(error), "The refusal stands in the ledger.", FOUND_AGAINST) from None


def _new_file(path: Path) -> Any:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as fault:
        raise Stopped(
            f"{path} cannot be written: {fault.strerror}.", "Name a folder that you may write to.", BAD_INPUT
        ) from None
