"""
Letting somebody sign in: registering them at the desk, the code with which they claim a record that the clinic made, and the one
that stands in for a lost second step.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from troth.design.values import Row
from troth.desk.forms.letting_back import LetBackForm
from troth.desk.forms.person import PersonForm
from troth.desk.frame import frame, looking, purpose_line, show
from troth.desk.telling import counterpart
from troth.gate.whys import why
from troth.people import selectors as people
from troth.people import services
from troth.people.rules import spaced_telephone
from troth.people.selectors.steps import CLAIM_LIFE
from troth.vault.categories import Category


def register(request: HttpRequest) -> HttpResponse:
    """Make a record for somebody who stands at the desk or is on the telephone. It has no account until they claim it."""
    look = looking(request)
    form = PersonForm(
        request.POST or None, on=timezone.localdate(look.at), nhs_number=people.holds_nhs_numbers(look.at)
    )
    if form.is_valid():
        made = services.register_patient(by=look.actor, at=look.at, **form.cleaned_data)
        return redirect("desk_let_in", subject=made)
    return show(request, "person/register", frame(request), form=form, status=422 if form.is_bound else 200)


def show_code(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Say who it is, and make a code when asked to. The code stands in this one answer, to be read out or printed."""
    look = looking(request)
    who = people.get_identity(subject, look.opened)
    code, why_not = "", ""
    if request.method == "POST":
        try:
            code = services.make_claim_code(subject, by=look.actor, at=look.at)
        except services.CannotClaim as cannot:
            why_not = str(cannot)
    return show(
        request,
        "person/let_in",
        frame(request, purpose=purpose_line(look.opened, subject)),
        name=who.name if who else "Name not held",
        rows=[
            Row("Name", who.name if who else "Not held"),
            Row("Date of birth", f"{who.born_on:%-d %B %Y}" if who and who.born_on else "Not held"),
        ],
        why=counterpart(why(look.opened, subject, Category.IDENTITY)),
        code=code,
        until=f"{timezone.localtime(look.at + CLAIM_LIFE):%A %-d %B %Y}",
        why_not=why_not,
        status=409 if why_not else 200,
    )


def let_back(request: HttpRequest, subject: UUID) -> HttpResponse:
    """What we hold to make sure by, and a code once somebody did. It stands in this one answer, to be read out or printed."""
    look = looking(request)
    who, reach = people.get_identity(subject, look.opened), people.get_contact(subject, look.opened)
    form, code, by_post = LetBackForm(request.POST or None), "", False
    if form.is_valid():
        try:
            code = services.make_return_code(subject, by=look.actor, at=look.at, **form.cleaned_data)
        except services.ReturnRefused as refused:
            form.add_error(None, str(refused))
        else:
            by_post = form.cleaned_data["made_sure"] is people.Recognised.BY_POST
    lasts = services.RETURN_BY_POST if by_post else services.RETURN
    return show(
        request,
        "person/let_back",
        frame(request, purpose=purpose_line(look.opened, subject)),
        name=who.name if who else "Name not held",
        rows=[
            Row("Name", who.name if who else "Not held"),
            Row("Date of birth", f"{who.born_on:%-d %B %Y}" if who and who.born_on else "Not held"),
            Row("Telephone", spaced_telephone(reach.telephone) if reach and reach.telephone else "Not held"),
            Row("Address", f"{reach.address}, {reach.postcode}" if reach and reach.address else "Not held"),
        ],
        why=counterpart(why(look.opened, subject, Category.IDENTITY)),
        form=form,
        code=code,
        by_post=by_post,
        until=f"{timezone.localtime(look.at + lasts):%A %-d %B, %H:%M}",
        status=422 if form.is_bound and not code else 200,
    )
