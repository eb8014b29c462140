"""
Taking in what somebody asks about their data. Whoever is asked takes it in (LAW-1.19). They need not be allowed to read it, and
what they wrote is not shown to them again.
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from troth.design.tables import Cell, Column, table_of
from troth.design.values import Counterpart, Term
from troth.desk.forms.asked import ASKED, DOUBT, StrangerForm, TakeInForm
from troth.desk.forms.finding import FindForm
from troth.desk.frame import Looking, frame, looking, show
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import TooOften
from troth.gate.table import open_path
from troth.law.bases import Basis
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.rules import TooVague
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules.clock import Asked, Route
from troth.rights.rules.letters import Composed
from troth.rights.selectors.wording import proof_letters
from troth.rights.services import StepRefused

#: What is asked for first where somebody doubts who it was: the least that settles it for most.
FIRST_PROOF = "seen_document"


def find(request: HttpRequest) -> HttpResponse:
    """Find whose request it is; or go on with somebody whom we do not know."""
    look = looking(request)
    reason = FindReason.RIGHTS_REQUEST
    form = FindForm({**request.POST.dict(), "reason": reason.value} if request.method == "POST" else None)
    found, why = None, None
    if form.is_valid():
        with processing(Purpose.FIND, by=look.actor, at=look.at, find_reason=reason) as opened:
            why = Counterpart(
                "Why you see this",
                terms=(
                    Term("For", opened.declared.title if opened.declared else ""),
                    Term("Because", "They are using a right"),
                ),
            )
            try:
                found = people.find_people(form.cleaned_data["q"], opened)
            except (TooVague, TooOften) as error:
                form.add_error("q", str(error))
    table = None
    if found is not None and found.people:
        table = table_of(
            "People found",
            (Column("Name", "name"), Column("Born", "figures", word="Born"), Column("Area", word="Area")),
            [
                (
                    Cell(person.name, href=open_path(request, "desk_asked_person", person.subject)),
                    str(person.birth_year or ""),
                    person.postcode_area,
                )
                for person in found.people
            ],
        )
    return show(
        request,
        "asked/find",
        frame(request),
        form=form,
        found=found,
        table=table,
        why=why,
        status=422 if form.errors else 200,
    )


def take(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Take in what a person asks whom we know. Their name stands here for those who may see it."""
    look = looking(request)
    if not people.is_known(subject):
        raise Http404
    form = TakeInForm(
        request.POST if request.method == "POST" else None,
        on=timezone.localdate(look.at),
        uses=_uses(look),
        consents=_consents(look),
    )
    letters = _unseen(form, request.POST.get("seen", ""), look) if form.is_valid() else []
    if form.is_valid() and not letters:
        given = form.cleaned_data
        try:
            made = services.take_in(
                subject,
                given["asked"],
                words=given["words"],
                route=Route(given["route"]),
                received_on=given["received_on"],
                purpose=form.chosen("purpose"),
                consent=form.chosen("consent"),
                proof=FIRST_PROOF if given["sure"] == DOUBT else "",
                by_post=given["by_post"],
                applicant={name: given[name] for name in ("name", "email", "address") if given[name]}
                if Asked.DECEASED in given["asked"]
                else None,
                by=look.actor,
                at=look.at,
            )
        except StepRefused as why:
            form.add_error(None, str(why))
        else:
            return _taken(request, made, given["asked"])
    return show(
        request,
        "asked/take",
        frame(request),
        form=form,
        subject=subject,
        name=people.names_of([subject], look.opened).get(subject, ""),
        letters=letters,
        mark=_mark(letters),
        status=422 if form.is_bound and not letters else 200,
    )


def _unseen(form: TakeInForm, seen: str, look: Looking) -> list[Composed]:
    """The letters that ask for proof in doubt, as long as they were not shown: what goes is what was shown."""
    given = form.cleaned_data
    if given["sure"] != DOUBT:
        return []
    letters = proof_letters(given["asked"], received_on=given["received_on"], proof=FIRST_PROOF, at=look.at)
    return letters if letters and seen != _mark(letters) else []


def _mark(letters: list[Composed]) -> str:
    """What stands for letters on a page: other words have another mark."""
    return ".".join(each.mark for each in letters)


def take_strangers(request: HttpRequest) -> HttpResponse:
    """Take in what somebody asks whom we do not know."""
    look = looking(request)
    form = StrangerForm(request.POST if request.method == "POST" else None, on=timezone.localdate(look.at))
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = services.take_in_from_stranger(
                given["asked"],
                name=given["name"],
                email=given["email"],
                address=given["address"],
                words=given["words"],
                route=Route(given["route"]),
                received_on=given["received_on"],
                by=look.actor,
                at=look.at,
            )
        except StepRefused as why:
            form.add_error(None, str(why))
        else:
            return _taken(request, made, given["asked"])
    return show(request, "asked/unknown", frame(request), form=form, status=422 if form.is_bound else 200)


def _taken(request: HttpRequest, made: list[UUID], asked: set[Asked]) -> HttpResponse:
    """What was made of it: references to quote, and the day of each, in the order in which they were made."""
    look = looking(request)
    each = [one for one in Asked if one in asked]
    return show(
        request,
        "asked/taken",
        frame(request),
        cases=[
            {
                "asked": ASKED[one][0],
                "reference": rights.reference_of(case),
                "clock": rights.clock_of(case, at=look.at),
                "complaint": one is Asked.COMPLAINT,
                "office": open_path(request, "office_case", case),
            }
            for one, case in zip(each, made, strict=True)
        ],
    )


def _consents(look: Looking) -> list[tuple[str, str]]:
    """Every use that rests on consent, as the notice in force words it (LAW-3.13)."""
    return [
        (declared.purpose.value, declared.title)
        for declared in sorted(look.opened.register.purposes.values(), key=lambda each: each.row)
        if declared.basis is Basis.CONSENT
    ]


def _uses(look: Looking) -> list[tuple[str, str]]:
    """Every use that somebody may object to, as the notice in force words it; marketing too, on whatever it rests (LAW-3.9)."""
    return [
        (declared.purpose.value, declared.title)
        for declared in sorted(look.opened.register.purposes.values(), key=lambda each: each.row)
        if rights.can_object(declared)
    ]
