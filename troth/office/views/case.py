"""Requests about data: the list, one case with its plan and decision, what happened to the record, and the certificate."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.copies.journal import JournalUnavailable
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Fate, Paging, Row, Tag, Term
from troth.gate import linking
from troth.gate.contexts import Opened
from troth.gate.table import actor_of
from troth.office import casework
from troth.office.forms.case import EVERYTHING, DecideForm
from troth.office.frame import Looking, day, looking, moment
from troth.office.frame import show as show_framed
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules.clock import Asked
from troth.rights.rules.withholding import GROUND, Kept, is_opinion_good
from troth.rights.selectors import ErasurePlan, KindFate, packs
from troth.rights.selectors.cases import Case, is_enquirer
from troth.rights.selectors.porting import can_fetch
from troth.rights.selectors.withholding import standing_of
from troth.vault.categories import Category

PAGE = 50
NOBODY = "nobody"  # stands for the letter, where an erasure leaves nobody to tell
LAW_KEPT = GROUND.law.split(", LAW")[0]
TOLD = "The file of this request opens here, and nothing else of the person."


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, case: UUID) -> HttpResponse:
    """Show one request; of an erasure, what would go and stay, and decide it."""
    at, known = _at(request), _case(request, case)
    if known.right != "erasure":
        return show_framed(request, "case/show", told=TOLD, **work(request, known))
    plan = rights.plan_erasure(
        known.subject,
        at=at,
        close_account=known.close_account,
        born_on=rights.born_on(known.subject, _opened(request)),
    )
    form = DecideForm(request.POST if request.method == "POST" else None)
    letter, mark, unproven = None, "", services.why_unproven(known.id)
    if form.is_valid() and not unproven:
        everything = form.cleaned_data["extent"] == EVERYTHING
        letter = services.certificate_letter(known.id, everything=everything, by=actor_of(request), at=at)
        mark = letter.mark if letter else NOBODY
        if known.state != "asked" or request.POST.get("seen") == mark:
            return _decide(request, known, everything=everything)
    return show_framed(
        request,
        "case/show",
        told=TOLD,
        form=form if known.state == "asked" and not unproven else None,
        unproven=unproven if known.state == "asked" else "",
        letter=letter,
        mark=mark,
        going=[_fate(kind) for kind in plan.going],
        staying=[_fate(kind) for kind in plan.staying],
        uses=uses_table(plan),
        status=422 if form.errors or (form.is_bound and unproven) else 200,
        **work(request, known),
    )


def work(request: HttpRequest, known: Case) -> dict[str, Any]:
    """What stands on the page of every case: what was asked, its clock, what to do next, and what happened."""
    look = looking(request)
    clock = rights.clock_of(known.id, at=look.at)
    died = rights.is_death_recorded(known.subject)
    gone = died or linking.has_died(known.subject, at=look.at)  # it may be recorded under a record that is linked
    unnamed = known.right == "objection" and not rights.objected_in(known, look.opened, at=look.at).named
    has_account = can_fetch(known.subject, at=look.at)
    todos = casework.todos(known, clock, look.today, died=died, gone=gone, unnamed=unnamed, has_account=has_account)
    others = [
        casework.link_to(case, asked)
        for case, asked in (rights.cases_of_message(known.message) if known.message else [])
        if case != known.id
    ]
    return {
        "case": known,
        "called": casework.ASKED[known.asked],
        "rows": [*whose(known, look), *_rows(known, _opened(request), _at(request))],
        "stranger": known.state == "asked" and known.asked is not Asked.COMPLAINT and is_enquirer(known.subject),
        "clock": clock,
        "standing": casework.standing_tag(clock, known, look.today),
        "tape": casework.tape(known, clock, look.today),
        "due": day(clock.due_on),
        "left": casework.left(clock, look.today),
        "clock_rows": casework.clock_rows(known, clock),
        "reckoning": clock.steps,
        "next": todos[0] if todos else None,
        "todos": todos[1:],
        "entries": casework.entries(known, rights.list_steps(known.id, look.opened)),
        "others": others,
        "unplaced": casework.unplaced(known),
        "has_file": known.asked is Asked.PORTABILITY,
        "kept": [_kept(each, look.today) for each in standing_of(known.subject, at=look.at)],
        "why": _why(request, known),
    }


def whose(known: Case, look: Looking) -> list[Row]:
    """Whose record a case is about: a proof is compared with it, and a letter is addressed by it."""
    who = people.get_identity(known.subject, look.opened)
    if who is not None:
        return [Row("Whose record", who.name, f"Born {day(who.born_on)}" if who.born_on else "")]
    return (
        [Row("Whose record", "Nobody’s yet", "Whoever took it in found none")] if is_enquirer(known.subject) else []
    )


def _kept(kept: Kept, today: date) -> Row:
    """One thing that is kept from the person of a case, by which exemption and on whose opinion; nothing of what it is."""
    good = is_opinion_good(kept, on=today)
    return Row(
        f"Since {timezone.localtime(kept.since):%-d %B %Y}",
        f"{LAW_KEPT}: a health professional found that telling them would be likely to cause serious harm.",
        note=f"Opinion of {people.staff_name(kept.opinion_by)}, {day(kept.opinion_on)}"
        + ("" if good else ". It is older than six months: somebody looks again before a copy leaves"),
        flagged=not good,
    )


@require_http_methods(["GET", "HEAD"])
def history(request: HttpRequest, case: UUID) -> HttpResponse:
    """List every event about the person of a case, and whether the ledger holds. Reading the case records that it was done."""
    at, known = _at(request), _case(request, case)
    before, first = (_number(request.GET.get(name, "")) for name in ("before", "from"))
    holds, total = rights.person_history_holds(known.subject, at)
    found = rights.history_of(
        known.subject, at=at, limit=PAGE, before=before or None, viewer=actor_of(request).id, with_apart=True
    )
    start = first or 1
    last = start + len(found.looks) - 1
    path = reverse("office_history", args=[case])
    following = f"{path}?before={found.following}&from={last + 1}" if found.following else ""
    columns = (Column("When", "figures"), Column("Who", "name"), Column("What happened"), Column("Why", word="Why"))
    lines = tuple(
        Line(
            (
                Cell(f"{timezone.localtime(look.at):%-d %b %Y, %H:%M}"),
                Cell(look.who, small=look.role),
                Cell(look.sentence),
                Cell(
                    look.why,
                    tag=Tag("refused", "Refused") if look.refused else None,
                    small=f"For somebody’s protection: kept from them while that stands ({LAW_KEPT})"
                    if look.apart
                    else "",
                ),
            )
        )
        for look in found.looks
    )
    return render(
        request,
        "office/case/history.html",
        {
            "case": known,
            "holds": holds,
            "total": total,
            "looked": Table("Every event about this person", columns, lines),
            "paging": Paging(start, last, max(total, last), path if before else "", following),
            "why": _why(request, known),
        },
    )


@require_http_methods(["GET", "HEAD"])
def certificate(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Show the certificate of an erasure that was carried out here."""
    try:
        found = rights.get_certificate(certificate, _opened(request))
    except ObjectDoesNotExist:
        raise Http404 from None
    said = found.content
    rows = [
        Row("Gone from the live system", _moment(said["gone_from_live_at"])),
        Row("Gone from every backup by", _moment(said["gone_from_backups_by"]), said["left"]),
        Row("Rows, files, index entries", f"{said['rows']}, {said['files']}, {said['tokens']}"),
        Row("Keys destroyed", ", ".join(said["keys"]) or "None"),
        Row("Line of the disposal journal", str(said["journal_line"])),
    ]
    return render(
        request,
        "office/case/certificate.html",
        {
            "certificate": found,
            "rows": rows,
            "went": [_said(each, gone=True) for each in said["destroyed"]],
            "stayed": [_said(each) for each in said["stays"]],
            "why": _why_for(request, found.subject),
        },
    )


def uses_table(plan: ErasurePlan) -> Table:
    """Each use of each kind by itself, with the rules that decide (LAW-3.5)."""
    columns = (Column("What", "name"), Column("Used for"), Column("What happens"), Column("Why", word="Why"))
    return Table(
        "How each use was decided",
        columns,
        tuple(
            Line(
                (
                    Cell(kind.title),
                    Cell(each.title),
                    Cell(_stays(each.until) if each.stays else "Ends now"),
                    Cell(each.why, small=each.law),
                )
            )
            for kind in (*plan.going, *plan.staying)
            for each in kind.purposes
        ),
    )


def _decide(request: HttpRequest, known: Case, *, everything: bool) -> HttpResponse:
    try:
        made = services.carry_out_erasure(known.id, by=actor_of(request), at=_at(request), everything=everything)
    except services.ErasureUnfinished as stopped:
        problems = stopped.problems
    except (services.StepRefused, JournalUnavailable) as stopped:
        problems = [str(stopped)]
    else:
        return redirect("office_certificate", certificate=made)
    return render(request, "office/case/unfinished.html", {"problems": problems, "case": known}, status=503)


def _case(request: HttpRequest, case: UUID) -> Case:
    try:
        return rights.get_case(case, _opened(request))
    except ObjectDoesNotExist:
        raise Http404 from None


_NAMED = {Asked.OBJECTION: "They object to", Asked.PORTABILITY: "Send it to"}
_STATES = {"asked": "asked, not decided", "decided": "decided, being carried out", "done": "done"}


def _rows(known: Case, opened: Opened, at: datetime) -> list[Row]:
    rows = [
        Row("Reference", known.reference, mono=True),
        Row("Came", _day(known.received_on), casework.ROUTES[known.route]),
        Row("State", _STATES[known.state].capitalize()),
        *(
            Row(_NAMED[known.asked], each)
            for each in rights.named_in_cases(known.subject, opened, at=at).get(known.id, ())
        ),
        Row("Their words", known.words or "None: asked with the form"),
        Row("Who has it", people.staff_name(known.assigned_to) if known.assigned_to else "Nobody yet"),
    ]
    if answer_to := ", ".join(value for name, value in known.reply_to.items() if value and name != "partner"):
        rows.append(Row("Answer to", answer_to))
    if known.asked_by:
        rows.append(Row("Asked by", "Somebody who acts for them"))
    copy = packs.find_released(known.id, opened) if known.asked in {Asked.ACCESS, Asked.DECEASED} else None
    if copy and copy.released_at:
        out = f"Fetched {moment(copy.delivered_at)}" if copy.delivered_at else "Not fetched yet"
        rows.append(Row("The copy", out, f"Released {moment(copy.released_at)}"))
    if known.right == "erasure":
        rows.append(Row("Their sign-in", "Close it" if known.close_account else "Keep it"))
    return rows


def _why(request: HttpRequest, known: Case) -> Counterpart:
    return _why_for(request, known.subject)


def _why_for(request: HttpRequest, subject: UUID) -> Counterpart:
    opened, at = _opened(request), _at(request)
    uses = rights.describe_uses(Category.RIGHTS, at)
    because = opened.reason_for(subject)
    terms = [
        Term("For", opened.declared.title if opened.declared else ""),
        Term("Because", because[:1].upper() + because[1:]),
        Term("Seen by", ", ".join(uses.seen_by)),
        Term("Until", rights.kept_for(Category.RIGHTS, at)),
    ]
    return Counterpart("Why you see this", terms=tuple(term for term in terms if term.value))


def _fate(kind: KindFate) -> Fate:
    words = _stays(kind.until) if kind.stays else "Goes now"
    return Fate(f"{kind.title} ({kind.rows})", kind.why, "staying" if kind.stays else "going", words, kind.laws)


def _said(said: dict[str, Any], *, gone: bool = False) -> Fate:
    until = date.fromisoformat(said["until"]) if said["until"] else None
    return Fate(
        said["title"], said["why"], "gone" if gone else "staying", "Gone" if gone else _stays(until), said["law"]
    )


def _stays(until: date | None) -> str:
    return f"Stays until {_day(until)}" if until else "Stays for now"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _moment(text: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(text)):%-d %B %Y at %H:%M}"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _at(request: HttpRequest) -> datetime:
    return cast(datetime, cast(Any, request).at)


def _opened(request: HttpRequest) -> Any:
    return cast(Any, request).opened
