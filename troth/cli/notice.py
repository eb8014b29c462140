"""`troth notice lint|publish|show|diff`. Linting needs no database; the others read or write published versions."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path

from troth.law.calendar import LONDON
from troth.notice.comparison import compare
from troth.notice.files import ParsedNotice, read_notice
from troth.notice.findings import FaultyNotice, Finding, Level
from troth.notice.lint import lint
from troth.notice.rendering import layered
from troth.notice.terminal import as_text

DONE, REFUSED, UNREADABLE = 0, 1, 2


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `notice` and its commands to the command line."""
    notice = subparsers.add_parser("notice", help="the privacy notice: check, publish, show, compare")
    commands = notice.add_subparsers(dest="notice_command", required=True, metavar="COMMAND")

    check = commands.add_parser(
        "lint", help="say what is wrong with a notice file, on which line, and how to mend it"
    )
    check.add_argument("file", metavar="FILE")
    check.add_argument("--json", action="store_true", help="machine-readable findings")
    check.set_defaults(func=_lint)

    publish = commands.add_parser("publish", help="publish a notice file as the next version")
    publish.add_argument("file", metavar="FILE")
    publish.add_argument(
        "--in-force",
        metavar="WHEN",
        type=_moment,
        help="date, or date and time, from which it holds; otherwise as early as the last notice allows",
    )
    publish.set_defaults(func=_publish)

    show = commands.add_parser("show", help="show a version; without a number, the one in force")
    show.add_argument("number", metavar="N", type=int, nargs="?")
    show.add_argument("--json", action="store_true", help="the version and its content as JSON")
    show.set_defaults(func=_show)

    diff = commands.add_parser("diff", help="say what changed between two versions or files, and what of it matters")
    diff.add_argument("before", metavar="A", help="number of a version, or a notice file")
    diff.add_argument("after", metavar="B", help="number of a version, or a notice file")
    diff.add_argument("--json", action="store_true", help="the changes as JSON")
    diff.set_defaults(func=_diff)


def _moment(value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{value!r} is neither a date nor a date and time, such as 2026-12-01"
        ) from None
    # A bare date, or a time without offset, is meant as clocks show it in London.
    return found if found.tzinfo else datetime.combine(found.date(), found.time() or time(0), LONDON)


def _prepare() -> None:
    from troth.cli.main import prepare_django

    prepare_django()


def _now() -> datetime:
    return datetime.now(LONDON)


def _lint(args: argparse.Namespace) -> int:
    parsed = read_notice(args.file)
    findings = lint(parsed, on=_now().date())
    errors = sum(finding.level is Level.ERROR for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    if args.json:
        print(
            json.dumps(
                {
                    "file": args.file,
                    "findings": [_as_json(finding) for finding in findings],
                    "errors": errors,
                    "warnings": warnings,
                },
                indent=2,
                ensure_ascii=False,
            )
        )
    else:
        _print_findings(args.file, findings)
        advice = len(findings) - errors - warnings
        print(f"{args.file}: {_count(errors, 'error')}, {_count(warnings, 'warning')}, {advice or 'no'} advice.")
    return UNREADABLE if parsed.unread else REFUSED if errors else DONE


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _as_json(finding: Finding) -> dict[str, str | int]:
    fields = asdict(finding)
    return {
        "code": finding.code,
        "severity": finding.level.value,
        **{name: fields[name] for name in ("line", "law", "cure", "message", "path")},
    }


def _print_findings(file: str, findings: list[Finding], *, to_stderr: bool = False) -> None:
    stream = sys.stderr if to_stderr else sys.stdout
    for finding in findings:
        place = f" ({finding.path})" if finding.path else ""
        print(f"{file}:{finding.line}: {finding.level} {finding.code}: {finding.message}{place}", file=stream)
        print(f"    {finding.law}", file=stream)
        print(f"    {finding.cure}", file=stream)


def _publish(args: argparse.Namespace) -> int:
    parsed = read_notice(args.file)
    if parsed.unread:
        _print_findings(args.file, list(parsed.findings), to_stderr=True)
        return UNREADABLE
    from troth.cli.main import prepare_stores

    prepare_stores()
    from troth.gate.publishing import publish_notice
    from troth.notice import selectors, services

    try:
        number = publish_notice(
            parsed.text or Path(args.file).read_text("utf-8", "replace"),
            at=_now(),
            in_force_at=args.in_force,
        )
    except FaultyNotice as faulty:
        _print_findings(args.file, faulty.findings, to_stderr=True)
        print("Not published.", file=sys.stderr)
        return REFUSED
    except services.PublishingRefused as refusal:
        print(f"Not published. {refusal}", file=sys.stderr)
        return REFUSED
    version = selectors.get_version(number)
    print(f"Published notice {version.number}, in force from {_words(version.in_force_at)}.")
    print(f"SHA-256 {version.hash}")
    return DONE


def _words(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%-d %B %Y, %H:%M}"


def _show(args: argparse.Namespace) -> int:
    _prepare()
    from troth.notice import selectors

    try:
        number = args.number if args.number is not None else selectors.register_in_force(_now()).version
        version = selectors.get_version(number)
        notice = selectors.notice_of(version)
    except (selectors.NoNotice, selectors.AlteredNotice) as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED
    if args.json:
        print(
            json.dumps(
                {**selectors.described(version), "notice": notice.model_dump(mode="json", exclude_defaults=True)},
                indent=2,
                ensure_ascii=False,
            )
        )
        return DONE
    print(f"Notice {version.number}, in force from {_words(version.in_force_at)}. SHA-256 {version.hash}\n")
    print(as_text(layered(notice)), end="")
    return DONE


def _either(name: str) -> ParsedNotice:
    """A version by its number, or a file."""
    if not (name.isascii() and name.isdecimal()):
        return read_notice(name)
    _prepare()
    from troth.notice import selectors
    from troth.notice.files import parse_notice

    return parse_notice(selectors.get_version(int(name)).text, source=f"notice {name}")


def _diff(args: argparse.Namespace) -> int:
    try:
        before, after = _either(args.before), _either(args.after)
    except LookupError as none:
        print(none, file=sys.stderr)
        return REFUSED
    if before.notice is None or after.notice is None:
        for parsed in (before, after):
            _print_findings(parsed.source, list(parsed.findings), to_stderr=True)
        return UNREADABLE if before.unread or after.unread else REFUSED
    changes = compare(before.notice, after.notice)
    if args.json:
        print(
            json.dumps(
                {
                    "before": args.before,
                    "after": args.after,
                    "material": any(each.material for each in changes),
                    "changes": [asdict(change) for change in changes],
                },
                indent=2,
                ensure_ascii=False,
            )
        )
        return DONE
    for change in changes:
        print(f"{'matters' if change.material else 'minor  '}  {change.part}: {change.words}")
    if not changes:
        print("Nothing changed.")
    return DONE
