"""Putting the request of somebody whom nobody knew under the record that was found for it, and back where that was a mistake."""

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from troth.design.values import Counterpart, Row, Term
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import TooOften
from troth.notice.purposes import Purpose
from troth.office import casework
from troth.office.forms.placing import FindRecordForm, PlaceForm
from troth.office.frame import Looking, counted, looking, show
from troth.office.views.case import whose
from troth.people import selectors as people
from troth.people.rules import TooVague
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules.placing import FOUND_FOR
from troth.rights.selectors import placing
from troth.rights.selectors.cases import Case
from troth.rights.services import StepRefused
from troth.vault import tickets

_PAGE = "office_case_record"
#: What stands for the record that was made for whoever wrote.
BACK = "a record of its own, that of nobody we know"
TOLD = "The file of this request opens here, and names only of who is found."


def put(request: HttpRequest, case: UUID) -> HttpResponse:
    """Find the record, say how it is known, see the letter, and put the request there. Nothing of it lands in an address."""
    look = looking(request)
    try:
        known = rights.get_case(case, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None
    if why_not := placing.why_not_move(case, at=look.at):
        return _shown(request, known, look, why_not=why_not, status=422 if request.method == "POST" else 200)
    if "to" in request.POST:
        return _choose(request, known, look)
    form = FindRecordForm(request.POST if request.method == "POST" else None)
    found, why, more = None, None, 0
    if form.is_valid():
        with processing(Purpose.FIND, by=look.actor, at=look.at, find_reason=FindReason.RIGHTS_REQUEST) as opened:
            title = opened.declared.title if opened.declared else ""
            why = Counterpart(
                "Why you see this", terms=(Term("For", title), Term("Because", "They are using a right"))
            )
            try:
                those = people.find_people(form.cleaned_data["q"], opened)
            except (TooVague, TooOften) as error:
                form.add_error("q", str(error))
            else:
                more = those.more
                found = [
                    (_chosen(known, look, each.subject, each.name), each.name, each.birth_year, each.postcode_area)
                    for each in those.people
                    if each.subject != known.subject
                ]
    return _shown(
        request, known, look, form=form, found=found, why=why, more=more, status=422 if form.errors else 200
    )


def _choose(request: HttpRequest, known: Case, look: Looking) -> HttpResponse:
    """The record was chosen: say how it is known, and what is asked for."""
    ticket = request.POST["to"]
    try:
        said = tickets.read(ticket, page=_PAGE, holder=look.id, at=look.at)
    except tickets.TicketInvalid:
        return redirect("office_case_record", case=known.id)
    back = said["called"] == ""
    wanted = [] if back else placing.to_be_proven(known.id)
    form = PlaceForm(request.POST if "words" in request.POST else None, asks=bool(wanted))
    letter = None
    if form.is_valid():
        given = form.cleaned_data
        proof = given.get("proof", "")
        letter = None if back else services.proof_letter(known.id, proof=proof, at=look.at)
        if letter is None or request.POST.get("seen") == letter.mark:
            try:
                services.place_case(
                    known.id,
                    under=UUID(said["under"]),
                    to=UUID(said["to"]),
                    words=given["words"],
                    proof=proof,
                    by_post=given.get("by_post", False),
                    by=look.actor,
                    at=look.at,
                )
            except StepRefused as why:
                form.add_error(None, str(why))
                letter = None
            else:
                return redirect("office_case", case=known.id)
    return show(
        request,
        "case/place",
        told=TOLD,
        known=known,
        called=casework.ASKED[known.asked],
        form=form,
        to=ticket,
        name=said["called"] or BACK,
        together=_together(known),
        letter=letter,
        mark=letter.mark if letter else "",
        asks=bool(wanted),
        status=422 if form.errors else 200,
    )


def _shown(request: HttpRequest, known: Case, look: Looking, *, status: int, **values: object) -> HttpResponse:
    origin = placing.came_from(known.id, look.opened)
    back = _chosen(known, look, origin, "") if origin and origin != known.subject else ""
    return show(
        request,
        "case/record",
        told=TOLD,
        status=status,
        known=known,
        called=casework.ASKED[known.asked],
        gave=_gave(known, look),
        back=back,
        together=_together(known),
        **values,
    )


def _gave(known: Case, look: Looking) -> list[Row]:
    """What they said of themselves, beside which a record is chosen; and whose it is, once it stands under one."""
    said = [("They wrote as", "name"), ("Answer to", "email"), ("Their address", "address")]
    rows = [Row(label, known.reply_to[name]) for label, name in said if known.reply_to.get(name)]
    return [*whose(known, look), *rows, Row("Their words", known.words)]


def _chosen(known: Case, look: Looking, to: UUID, called: str) -> str:
    """One record as it is chosen: by whoever looked for it, for this page alone, and as long as the search counts."""
    said = {"under": known.subject.hex, "to": to.hex, "called": called}
    return tickets.issue(said, page=_PAGE, holder=look.id, at=look.at, life=FOUND_FOR)


def _together(known: Case) -> str:
    """What goes with it, in words; "" where it came alone."""
    others = len(placing.open_with(known.id)) - 1
    return counted(others, "other request", "other requests") if others > 0 else ""
