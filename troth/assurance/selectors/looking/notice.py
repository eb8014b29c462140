"""What the notice in force says, and how its versions stand."""

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.db import connection

from troth.assurance.rules.catalogue import LETTERS, promises_of
from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.law.bases import Basis
from troth.notice import selectors as notices
from troth.notice.compiling import hash_of
from troth.notice.files import parse_notice
from troth.notice.findings import Finding as Fault
from troth.notice.findings import Level
from troth.notice.guards import guards_missing
from troth.notice.lint import lint
from troth.notice.rendering import layered
from troth.notice.schema import Notice

#: What people must be told (LAW-9.2 to 9.4), as the sections of the rendered notice.
_SECTIONS = frozenset(
    {"who", "held", "purposes", "recipients", "retention", "rights", "complaints", "cookies", "security", "changes"}
)


class NothingInForce(LookupError):
    """No notice holds, so nothing can be said of its words."""


@check("notice.faults", looks_at="the words of the notice in force, by the linter", page="notice")
def faults(question: Question) -> Finding:
    """The linter finds none of the faults that the surveyed words had."""
    found = [fault for fault in _faults(_in_force(question), question) if fault.code in question.faults]
    codes = ", ".join(question.faults)
    if found:
        return Finding(
            False, f"Line {found[0].line} of the notice: {found[0].message} [{found[0].code}]", {"found": len(found)}
        )
    return Finding(True, f"The notice has none of the faults {codes}", {"looked_for": len(question.faults)})


@check("notice.lints", looks_at="the whole notice in force, by the linter", page="notice")
def lints(question: Question) -> Finding:
    """The linter finds no error in the notice in force."""
    found = _faults(_in_force(question), question)
    errors = [fault for fault in found if fault.level is Level.ERROR]
    counts = {"errors": len(errors), "others": len(found) - len(errors)}
    if errors:
        return Finding(
            False,
            f"The notice has {counted(len(errors), 'error')}, first on line {errors[0].line} [{errors[0].code}]",
            counts,
        )
    return Finding(True, f"The linter finds no error in notice {_in_force(question).number}", counts)


@check("notice.controller", looks_at="who runs the clinic, as the notice in force names it", page="notice")
def controller(question: Question) -> Finding:
    """The notice names the legal person behind the clinic, where it is, its numbers and how it is reached."""
    who = _notice(question).controller
    wanted = ("legal_name", "address", "ico_registration", "email", "telephone")
    lost = [name.replace("_", " ") for name in wanted if not (who and getattr(who, name))]
    if lost:
        return Finding(False, f"The notice does not give the clinic’s {', '.join(lost)}", {"missing": len(lost)})
    return Finding(
        True,
        "The notice names the clinic’s legal person, address, numbers and ways to reach it",
        {"given": len(wanted)},
    )


@check("notice.officer", looks_at="the data protection officer, as the notice in force names them", page="notice")
def officer(question: Question) -> Finding:
    """The officer has a mailbox and a postal address of their own."""
    notice = _notice(question)
    who = notice.dpo
    if who is None or not (who.email and who.address):
        return Finding(False, "The notice names no officer with a mailbox and an address")
    shared = {notice.controller.email} if notice.controller else set()
    if who.email in shared:
        return Finding(False, "The officer’s mailbox is the clinic’s own, which others read")
    return Finding(True, "The officer is named, with a mailbox of their own and a postal address")


@check("notice.sections", looks_at="the sections of the notice as people read it", page="notice")
def sections(question: Question) -> Finding:
    """Every section that the law asks for is there, with something in it."""
    rendered = layered(_notice(question))
    there = {section.id for section in rendered.sections if section.short or section.entries}
    lost = sorted(_SECTIONS - there)
    counts = {"sections": len(there), "missing": len(lost)}
    if lost or not rendered.summary:
        return Finding(False, f"The notice lacks {', '.join(lost) or 'its summary'}", counts)
    return Finding(
        True, f"The notice has its summary and all {len(_SECTIONS)} sections that the law asks for", counts
    )


@check("notice.terms", looks_at="the terms that the notice explains", page="notice")
def terms(question: Question) -> Finding:
    """The notice says what personal data is."""
    known = {word.lower() for term in _notice(question).terms for word in (term.term, *term.also)}
    if not {"personal data", "personal information"} & known:
        return Finding(False, "The notice does not explain what personal data is")
    return Finding(
        True, f"The notice explains {counted(len(known), 'word')}, personal data among them", {"terms": len(known)}
    )


@check("notice.regulator", looks_at="complaints, as the notice in force has them", page="notice")
def regulator(question: Question) -> Finding:
    """The notice names the regulator, how to reach it, our own route and when it is acknowledged."""
    said = _notice(question).complaints
    if said.regulator is None or not (said.regulator.website and said.regulator.telephone and said.regulator.address):
        return Finding(False, "The notice does not say in full how the regulator is reached")
    if said.own is None or not said.own.routes or not 0 < (said.own.acknowledged_within_days or 0) <= 30:
        return Finding(False, "The notice gives no route of our own with its time")
    return Finding(
        True,
        f"The notice names the regulator, and our own route with {said.own.acknowledged_within_days} days",
        {"routes": len(said.own.routes)},
    )


@check("notice.transfers", looks_at="recipients abroad, and the mechanism of each", page="notice")
def transfers(question: Question) -> Finding:
    """Every recipient abroad has a route with a mechanism, and the notice says where data is hosted."""
    notice = _notice(question)
    abroad = {each.id for each in notice.recipients if each.country not in (None, "", "GB")}
    covered = {route.recipient for route in notice.transfers.routes if route.mechanism}
    open_ends = sorted(abroad - covered)
    counts = {"abroad": len(abroad), "without_mechanism": len(open_ends)}
    if open_ends or not notice.transfers.hosted_in:
        return Finding(False, f"No mechanism is named for {', '.join(open_ends) or 'where data is hosted'}", counts)
    return Finding(
        True,
        f"{counted(len(abroad), 'recipient').capitalize()} abroad, each with its mechanism;"
        f" data is hosted in {', '.join(map(str, notice.transfers.hosted_in))}",
        counts,
    )


@check(
    "notice.recipients",
    looks_at="who receives data, as each purpose and the list of recipients have it",
    page="notice",
)
def recipients(question: Question) -> Finding:
    """Every recipient that a purpose passes data to is described, and every one described is used."""
    notice = _notice(question)
    described = {each.id for each in notice.recipients}
    used = {name for row in notice.purposes for name in row.recipients}
    counts = {"described": len(described), "undescribed": len(used - described)}
    if used - described:
        return Finding(
            False,
            f"Purposes name recipients that the notice does not describe: {', '.join(sorted(used - described))}",
            counts,
        )
    return Finding(True, f"All {len(described)} recipients are named, with what they do and what they get", counts)


@check("notice.bases", looks_at="the basis of each purpose in the register that the gate obeys", page="notice")
def bases(question: Question) -> Finding:
    """Each purpose stands on one basis; health data has a condition; interests and duties are named."""
    notice = _notice(question)
    several = [row.id for row in notice.purposes if len(row.basis) != 1]
    unnamed = [
        row.id
        for row in notice.purposes
        if (Basis.LEGITIMATE_INTERESTS in row.basis and not row.interest)
        or (Basis.LEGAL_OBLIGATION in row.basis and not row.duty)
    ]
    counts = {"purposes": len(notice.purposes), "several_bases": len(several), "nothing_named": len(unnamed)}
    if several or unnamed:
        return Finding(
            False, f"{counted(len(several) + len(unnamed), 'purpose')} without one basis that is named", counts
        )
    return Finding(
        True, f"Each of {len(notice.purposes)} purposes stands on one basis, its interest or duty named", counts
    )


@check("notice.versions", looks_at="every version of the notice that was published", page="notice")
def versions(question: Question) -> Finding:
    """Every version can be read, is what was published, and the database refuses to change one."""
    missing = guards_missing(connection)
    if missing:
        return Finding(False, "The database would let a published notice be changed", {"triggers_gone": len(missing)})
    rows = notices.list_versions()[::-1]
    altered = [row.number for row in rows if not _as_published(row)]
    gaps = [row.number for place, row in enumerate(rows, 1) if row.number != place]
    counts = {"versions": len(rows), "altered": len(altered), "gaps": len(gaps)}
    if not rows or altered or gaps:
        return Finding(False, "A version of the notice is missing, or is not what was published", counts)
    return Finding(
        True, f"{counted(len(rows), 'version').capitalize()} published, each as it was and open to be read", counts
    )


@check("notice.ahead", looks_at="when each material version was announced and came into force", page="notice")
def ahead(question: Question) -> Finding:
    """Every change that matters was announced as many days before it held as the notice then in force promised."""
    rows = notices.list_versions()[::-1]
    hasty = []
    for before, row in pairwise(rows):
        changes = notices.notice_of(before).changes
        days = timedelta(days=changes.days_ahead or 0) if changes else timedelta(0)
        if row.material and (row.announced_at is None or row.in_force_at - row.announced_at < days):
            hasty.append(row.number)
    promised = _notice(question).changes
    counts = {"versions": len(rows), "announced_too_late": len(hasty)}
    if hasty:
        return Finding(False, f"Notice {hasty[0]} held before the time that was promised had passed", counts)
    if promised is None or not promised.days_ahead:
        return Finding(False, "The notice does not say how long before a change people are told", counts)
    return Finding(
        True,
        f"Changes that matter are announced {promised.days_ahead} days ahead; {counted(len(rows) - 1, 'change')} so far",
        counts,
    )


@check("notice.promises", looks_at="the promises that the notice in force makes, and the catalogue", page="promises")
def promises(question: Question) -> Finding:
    """The notice makes promises, each is in the catalogue, and none is one that the law forbids."""
    made = list(_notice(question).promises)
    known = {promise.id: promise for pack in LETTERS for promise in promises_of(pack)}
    strange = sorted(set(made) - set(known))
    unlawful = sorted(name for name in set(made) & set(known) if known[name].keeping == "unlawful")
    counts = {"made": len(made), "not_in_the_catalogue": len(strange), "unlawful": len(unlawful)}
    if strange or unlawful or not made:
        why = ", ".join([*strange, *unlawful]) or "none at all"
        return Finding(False, f"The notice makes promises that it cannot: {why}", counts)
    return Finding(
        True, f"The notice makes {counted(len(made), 'promise')}, each in the catalogue and lawful", counts
    )


@check("notice.dated", looks_at="when the notice in force was written and published", page="notice")
def dated(question: Question) -> Finding:
    """The notice says when it was written, and is not older than two years."""
    version = _in_force(question)
    issued = _notice(question).issued
    if issued is None:
        return Finding(False, "The notice does not say when it was written")
    days = (question.at.date() - issued).days
    if days > 2 * 365:
        return Finding(False, f"The notice was written {days} days ago", {"days": days})
    return Finding(True, f"Notice {version.number} was written on {issued:%-d %B %Y}", {"days": max(days, 0)})


@check("notice.marketing", looks_at="marketing, as the notice in force has it", page="notice")
def marketing(question: Question) -> Finding:
    """Marketing rests on consent where the notice has it at all, with a way out in every message and no tracking."""
    notice = _notice(question)
    said = notice.marketing
    if said is None or not said.channels:
        return Finding(True, "The notice declares no marketing, so the gate refuses it", {"channels": 0})
    wrong = [channel.by for channel in said.channels if not channel.out_in_every_message]
    if wrong or not said.ways_out:
        return Finding(
            False, "A channel of marketing has no way out in each message", {"channels": len(said.channels)}
        )
    return Finding(
        True,
        f"{counted(len(said.channels), 'channel')}, each with a way out in every message",
        {"channels": len(said.channels)},
    )


def _in_force(question: Question) -> Any:
    version = notices.version_in_force(question.at)
    if version is None:
        raise NothingInForce("No notice is in force.")
    return version


def _notice(question: Question) -> Notice:
    return notices.notice_of(_in_force(question))


def _as_published(row: Any) -> bool:
    parsed = parse_notice(row.text, source=str(row))
    return parsed.notice is not None and hash_of(parsed.notice) == row.hash


def _faults(version: Any, question: Question) -> list[Fault]:
    return list(_linted(version.text, version.hash, question.at.date().toordinal()))


@lru_cache(maxsize=4)
def _linted(text: str, hash_: str, day: int) -> tuple[Fault, ...]:
    return tuple(lint(parse_notice(text, source="the notice in force"), on=date.fromordinal(day)))
