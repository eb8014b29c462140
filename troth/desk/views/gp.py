"""Letters to GPs: which are to be sent, what each says, and what became of it."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Row
from troth.desk import papers
from troth.desk.forms.request import GpRecordsForm, LookedForm, SupplyForm
from troth.desk.frame import Looking, about, frame, looking, show
from troth.gate.streams import send_file, send_named
from troth.people import selectors as people
from troth.prescribing import services
from troth.prescribing.rules import DECIDING, NotPossible
from troth.prescribing.selectors import GpChannel, GpNoticeState, Way, telling
from troth.prescribing.selectors.telling import THERE, WAITING, LetterOpened
from troth.vault.categories import Category

#: Where a letter that was sent before may be when what it asked for comes.
LATER = (*WAITING, GpNoticeState.STOPPED, GpNoticeState.CLOSED)


def list_letters(request: HttpRequest) -> HttpResponse:
    """The letters that are to be sent or came back, the oldest first."""
    look = looking(request)
    waiting = telling.list_waiting()
    names = people.names_of({each.subject for each in waiting}, look.opened)
    columns = (Column("About", "name"), Column("Written", "figures", word="Written"), Column("Where it is"))
    lines = [
        Line(
            (
                Cell(names[each.subject], href=reverse("desk_gp_letter", args=[each.id]))
                if each.subject in names
                else Cell("Withheld", coin="parted"),
                Cell(f"{timezone.localtime(each.due_at):%-d %b, %H:%M}"),
                Cell(
                    f"{'Asks. ' if each.asks else ''}{_begun(each.state.words)}",
                    small=_way(each.channel, each.trouble),
                ),
            )
        )
        for each in people.without_erased(waiting, names)
    ]
    return show(
        request, "gp/list", frame(request), table=Table("Letters to GPs", columns, tuple(lines)) if lines else None
    )


def _begun(words: str) -> str:
    """Words as a sentence begins, with what is written large in them left so: GP, MESH."""
    return words[:1].upper() + words[1:]


def _way(channel: GpChannel, trouble: str) -> str:
    """By what a letter goes, and what is in its way."""
    said = "to be printed" if channel is GpChannel.POST else f"by {channel.words}"
    return f"{said}: {trouble}" if trouble else said


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%-d %B %Y, %H:%M}"


def show_letter(request: HttpRequest, letter: UUID) -> HttpResponse:
    """One letter: to whom, where it is, and what comes next."""
    look = looking(request)
    found = telling.get_letter(letter, look.opened)
    posted = request.POST.get("act", "") if request.method == "POST" else ""
    form: SupplyForm | GpRecordsForm
    if found.asked is None:
        form = SupplyForm(request.POST if posted == "answer" else None)
    else:
        given = (request.POST, request.FILES) if posted == "answer" else ()
        form = GpRecordsForm(*given, may_add=telling.who_decides(letter) == look.id)
    looked = LookedForm(request.POST if posted == "keep_taken_in" else None)
    error = ""
    if posted:
        try:
            word = _judge(posted, looked, found, look) or _do(posted, form, found, look)
        except NotPossible as refused:
            error = str(refused)
        else:
            if word == "supply-stepped" and posted == "post" and found.asked is None:
                return done("desk_gp_letters", word)
            if word:
                return done("desk_gp_letter", word, letter=letter)
    who = people.get_identity(found.subject, look.opened)
    return show(
        request,
        "gp/show",
        about(request, look, found.subject),
        letter=found,
        name=who.name if who else "",
        rows=[
            Row("To", found.practice.get("name", ""), note=found.practice.get("address", "")),
            Row(
                "Where it is",
                _begun(found.state.words),
                note=f"Tried {found.tries} times" if found.tries > 1 else "",
            ),
            Row(
                "By what",
                _begun(found.channel.words),
                note=_begun(found.trouble),
            ),
            *([Row("Number there", found.message, mono=True)] if found.message else []),
            *(
                [Row("On its way since" if found.state is GpNoticeState.DUE else "Sent", _moment(found.sent_at))]
                if found.sent_at
                else []
            ),
            *_asking(found),
            *([Row("They answered", found.answer)] if found.answer else []),
        ],
        document=found.asked.document if found.asked else None,
        asks=found.asked is not None,
        may_remind=found.is_late(look.at) and not found.taken_in_at,
        may_answer=not found.taken_in_at,  # what waits is looked at first
        may_post=found.state in WAITING,
        by_machine=found.state is GpNoticeState.DUE and found.channel is not GpChannel.POST,
        is_sent=found.state in THERE
        or (found.asked is not None and found.state in LATER and found.sent_at is not None),
        may_bounce=found.state in THERE,
        form=form,
        looked=looked if found.taken_in_at and look.actor.roles & DECIDING else None,
        error=error,
        why=papers.health_strip(look, found.subject, who),
        status=422 if error or form.errors else 200,
    )


def _judge(posted: str, form: LookedForm, found: LetterOpened, look: Looking) -> str:
    """
    Keep what was taken in as the answer, or put it back, and give the word for that; "" where neither was posted.

    :raises NotPossible: a rule says no.
    """
    if posted == "put_back":
        services.put_gp_answer_back(found.id, by=look.actor, at=look.at)
        return "gp-answer-put-back"
    if posted == "keep_taken_in" and form.is_valid():
        services.keep_taken_in(found.id, words=form.cleaned_data["words"], by=look.actor, at=look.at)
        return "gp-records-kept"
    return ""


def _do(posted: str, form: SupplyForm | GpRecordsForm, found: LetterOpened, look: Looking) -> str:
    """
    Do what was posted, and give the word for what was done; "" where the form is not right.

    :raises NotPossible: a rule says no.
    """
    by, at = look.actor, look.at
    if posted == "post":
        if services.post_gp_letter(found.id, by=by, at=at):
            return "supply-stepped"
        state = telling.get_letter(found.id, look.opened).state
        if state is GpNoticeState.CLOSED:
            return "gp-letter-closed"
        return "gp-letter-anew" if state in WAITING else "gp-letter-stopped"
    if posted == "bounce":
        services.bounce_gp_letter(found.id, by=by, at=at)
    elif posted == "remind":
        services.remind_gp(found.id, by=by, at=at)
        return "gp-reminded"
    elif posted == "answer":
        if not form.is_valid():
            return ""
        said = form.cleaned_data
        if found.asked is None:
            services.record_gp_answer(found.id, words=said["words"], by=by, at=at)
        else:
            services.keep_gp_records(
                found.id,
                came_on=said["came_on"],
                way=Way(said["way"]),
                words=said["words"],
                upload=said.get("file"),
                by=by,
                at=at,
            )
            return "gp-records-kept"
    return "" if posted == "keep_taken_in" else "supply-stepped"


def _asking(found: LetterOpened) -> list[Row]:
    """What a letter asks for, who asked, and what came."""
    if found.asked is None:
        return []
    rows = [
        Row(
            "Asks for",
            "; ".join(found.asked.wanted),
            note=f"{people.staff_name(found.asked.by)}, reference {found.asked.reference}",
        )
    ]
    if found.asked.came_on and found.asked.way:
        rows.append(
            Row(
                "Came, and waits to be looked at" if found.taken_in_at else "Came",
                f"{found.asked.came_on:%-d %B %Y}, {found.asked.way.words}",
            )
        )
    return rows


def paper(request: HttpRequest, letter: UUID) -> HttpResponseBase:
    """The letter to print."""
    look = looking(request)
    look.opened.require(telling.get_letter(letter, look.opened).subject, Category.HEALTH)
    stored = telling.open_letter(letter, look.opened)
    return send_file(request, stored, download_name="letter.pdf", media_type="application/pdf")


def taken_in(request: HttpRequest, letter: UUID) -> HttpResponseBase:
    """What was taken in at the desk, for whoever says what it is."""
    look = looking(request)
    try:
        stored = telling.open_taken_in(letter, look.opened)
    except NotPossible:
        raise Http404 from None
    return send_named(request, stored, stem=f"answer-{letter.hex[:8]}")
