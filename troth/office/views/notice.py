"""The notice for the privacy officer: its versions, any two side by side, and a draft on its way to being the next."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Link, Row, Tag, TagKind
from troth.gate import facts
from troth.gate.publishing import publish_notice
from troth.law.calendar import LONDON
from troth.notice import selectors as notices
from troth.notice import services
from troth.notice.comparison import Change, compare
from troth.notice.compiling import hash_of
from troth.notice.files import parse_notice
from troth.notice.findings import FaultyNotice, Finding, Level
from troth.notice.lint import lint
from troth.notice.schema import Notice
from troth.notice.selectors import Version
from troth.notice.services import PublishingRefused, Terms
from troth.notice.wording import word_changes
from troth.office.forms.notice import CompareForm, DraftForm
from troth.office.frame import Looking, counted, day, looking, moment, of_the_notice, show
from troth.people import selectors as people
from troth.rights.selectors import announcing

_LEVELS: dict[Level, tuple[TagKind, str]] = {
    Level.ERROR: ("late", "Error"),
    Level.WARNING: ("close", "Warning"),
    Level.ADVICE: ("info", "Advice"),
}
OPERATOR = "The operator, at the terminal"


def versions(request: HttpRequest) -> HttpResponse:
    """Every version for ever: when, by whom, whether it mattered, how many were told. Two of them go on to be compared."""
    look = looking(request)
    listed = notices.list_versions()
    numbers = [version.number for version in listed]
    form = CompareForm(request.GET if "before" in request.GET else None, numbers=numbers)
    if form.is_valid():
        return redirect("office_notice_compare", before=form.cleaned_data["before"], after=form.cleaned_data["after"])
    if not form.is_bound and len(numbers) > 1:
        form = CompareForm(initial={"before": numbers[1], "after": numbers[0]}, numbers=numbers)
    now = notices.version_in_force(look.at)
    return show(
        request,
        "notice/versions",
        tabs=of_the_notice("office_notice"),
        table=_versions(listed, now, look) if listed else None,
        form=form if len(numbers) > 1 else None,
        now=now,
        in_force=day(now.in_force_at.date()) if now else "",
        told_now=facts.count_told(now.number) if now else 0,
        people=facts.count_told(),
    )


def compare_two(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """What changed from one version to another: by the register, and word by word."""
    try:
        old, new = (notices.notice_of(notices.get_version(number)) for number in (before, after))
    except notices.NoNotice:
        raise Http404 from None
    changes = compare(old, new)
    return show(
        request,
        "notice/compare",
        before=before,
        after=after,
        **_told_apart(changes),
        words=word_changes(old, new),
    )


def draft(request: HttpRequest) -> HttpResponse:
    """Look at a draft, and publish it when it has no errors. What is typed is kept on the page and stored nowhere."""
    look = looking(request)
    form = DraftForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if not form.is_valid():
        return show(request, "notice/draft", form=form, status=422 if form.is_bound else 200)
    text = form.cleaned_data["text"]
    on = form.cleaned_data["in_force_on"]
    shown = DraftForm(initial={"text": text, "in_force_on": on})
    stale = look.actor.second_factor_at is not None and not look.fresh
    if request.POST.get("do") == "publish" and stale:
        form.add_error(
            "in_force_on", "Confirm with your second factor first: the last time was more than five minutes ago."
        )
    elif request.POST.get("do") == "publish":
        in_force_at = datetime.combine(on, time(0), LONDON) if on else None
        try:
            number = publish_notice(text, by=look.actor, at=look.at, in_force_at=in_force_at)
        except FaultyNotice:
            pass  # the findings below say why
        except PublishingRefused as refusal:
            form.add_error("in_force_on", str(refusal))
        else:
            return redirect(f"{reverse('office_notice')}?published={number}")
    found = _looked_at(text, look)
    refused = bool(form.errors) or bool(found["errors"])
    return show(
        request,
        "notice/draft",
        form=form if form.errors else shown,
        looked=True,
        stale=stale,
        status=422 if refused else 200,
        **found,
    )


def _looked_at(text: str, look: Looking) -> dict[str, Any]:
    """What the linter says of a text, what it would change, and who must be told."""
    parsed = parse_notice(text, source="the draft")
    findings = lint(parsed, on=look.today)
    errors = sum(finding.level is Level.ERROR for finding in findings)
    known: dict[str, Any] = {
        "findings": _findings(findings) if findings else None,
        "errors": errors,
        "count": ", ".join(
            counted(sum(finding.level is level for finding in findings), words, many)
            for level, words, many in (
                (Level.ERROR, "error", "errors"),
                (Level.WARNING, "warning", "warnings"),
                (Level.ADVICE, "piece of advice", "pieces of advice"),
            )
        ),
    }
    if parsed.notice is None:
        return known
    holding = notices.version_in_force(look.at)
    last = notices.latest_version()
    if holding is not None:
        known |= _told_apart(compare(notices.notice_of(holding), parsed.notice))
        known["against"] = holding.number
    if not errors:
        known["unchanged"] = last is not None and last.hash == hash_of(parsed.notice)
        known["terms"] = _terms(services.terms_of(parsed.notice, at=look.at), parsed.notice)
    return known


def _terms(terms: Terms, notice: Notice) -> list[Row]:
    announced = ", ".join(notice.changes.announced_by) if notice.changes else ""
    rows = [
        Row(
            "Does it matter to people?",
            "Yes: they must be told before it holds" if terms.material else "No: it may hold at once",
            "UK GDPR Article 13(3)" if terms.material else "",
        ),
        Row("Holds from", day(terms.earliest.astimezone(LONDON).date()), "at the earliest"),
    ]
    if terms.material:
        rows += [
            Row(
                "Announced",
                "With its publishing: on the public notice page, by email, and at the next sign-in",
                announced,
            ),
            Row("Days ahead", str(terms.wait.days), "promised by the notice in force"),
            Row(
                "Who must be told",
                counted(facts.count_told(), "person", "people"),
                "Everybody who was given a notice",
            ),
        ]
    return rows


def _told_apart(changes: list[Change]) -> dict[str, Any]:
    return {
        "material": [change for change in changes if change.material],
        "minor": [change for change in changes if not change.material],
    }


def _findings(findings: list[Finding]) -> Table:
    columns = (
        Column("Line", "number", word="Line"),
        Column("What is wrong", "name"),
        Column("Law"),
        Column("Cure", word="Cure"),
    )
    order = list(_LEVELS)
    return Table(
        "What the linter says",
        columns,
        tuple(
            Line(
                (
                    Cell(str(finding.line)),
                    Cell(finding.message, small=f"{finding.code} {finding.path}", tag=Tag(*_LEVELS[finding.level])),
                    Cell(finding.law),
                    Cell(finding.cure),
                )
            )
            for finding in sorted(findings, key=lambda each: (order.index(each.level), each.line))
        ),
    )


def _versions(listed: list[Version], now: Version | None, look: Looking) -> Table:
    columns = (
        Column("Version", "name"),
        Column("In force", "figures", word="In force"),
        Column("Published", "figures", word="Published"),
        Column("Announced", "figures", word="Announced"),
        Column("Told of it", "number", word="Told of it"),
        Column("State"),
        Column("Compare", "act"),
    )
    lines, known = [], facts.count_told_each()
    for place, version in enumerate(listed):
        before = listed[place + 1].number if place + 1 < len(listed) else None
        lines.append(
            Line(
                (
                    Cell(
                        f"Notice {version.number}",
                        href=reverse("notice_version", args=[version.number]),
                        small=f"SHA-256 {version.hash[:8]}…{version.hash[-8:]}",
                    ),
                    Cell(moment(version.in_force_at)),
                    Cell(moment(version.published_at), small=_publisher(version.published_by)),
                    Cell(
                        moment(version.announced_at) if version.announced_at else "",
                        small="It matters to people" if version.material else "",
                    ),
                    _told(version, look, known.get(version.number, 0)),
                    _state(version, now, look),
                    Cell(act=_link(before, version.number)) if before else Cell(),
                )
            )
        )
    return Table("Versions of the notice, newest first", columns, tuple(lines))


def _link(before: int, after: int) -> Link:
    return Link("What changed", reverse("office_notice_compare", args=[before, after]), f"in notice {after}")


def _told(version: Version, look: Looking, known: int) -> Cell:
    """How many know this version; while people are being told, of how many, and what became of the mails."""
    if not announcing.is_announcing(version, at=look.at):
        return Cell(f"{known:,}")
    how = announcing.progress_of(version)
    left = (
        (how.under_way, f"{how.under_way:,} under way"),
        (how.failed, f"{how.failed:,} failed"),
        (how.rest, f"{how.rest:,} not written to yet, or without an address"),
    )
    return Cell(f"{how.told:,} of {how.people:,}", small=", ".join(words for number, words in left if number))


def _state(version: Version, now: Version | None, look: Looking) -> Cell:
    if now is not None and version.number == now.number:
        return Cell("Holds now", coin="joined")
    if version.in_force_at > look.at:
        return Cell("To come", coin="running")
    return Cell("Past")


def _publisher(by: str) -> str:
    if by == "nobody":
        return OPERATOR
    if len(by) == 32:
        return people.staff_name(UUID(by))
    return {"demo": "The demonstration", "service:setup": "Set-up"}.get(by, by)
