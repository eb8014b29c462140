"""A request: passed on by who must not read it, decided by whom it was passed to."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from troth.design.done import done
from troth.desk.forms.request import AssignForm
from troth.desk.frame import about, looking, show
from troth.gate.streams import send_named
from troth.intake import selectors as intake
from troth.people import selectors as people
from troth.prescribing import selectors as prescribing
from troth.prescribing import services
from troth.prescribing.rules import NotPossible
from troth.vault.categories import Category


def assign(request: HttpRequest, treatment: UUID) -> HttpResponse:
    """Pass a request to a prescriber, without opening it."""
    look = looking(request)
    line = prescribing.get_line(treatment)
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    look.opened.require(line.subject if line else treatment, Category.IDENTITY)
    if line is None:
        raise Http404
    first = prescribing.not_by(treatment)
    choices = [
        (member.subject, f"{member.name}, {member.registration}" if member.registration else member.name)
        for member in prescribing.list_prescribers(look.opened)
        if member.subject != first
    ]
    form = AssignForm(request.POST if request.method == "POST" else None, prescribers=choices)
    if request.method == "POST" and form.is_valid():
        try:
            services.assign_request(
                treatment, prescriber=UUID(form.cleaned_data["prescriber"]), by=look.actor, at=look.at
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return done("desk_home", "request-passed")
    who = people.get_identity(line.subject, look.opened)
    return show(
        request,
        "request/assign",
        about(request, look, line.subject),
        form=form,
        subject=line.subject,
        name=who.name if who else "",
        where=line.status.words,
        any=bool(choices),
        again=first is not None,
    )


def picture(request: HttpRequest, picture: UUID) -> HttpResponseBase:
    """A picture that answers a question, for whoever may see the request."""
    look = looking(request)
    stored = intake.open_picture(picture, look.opened)
    return send_named(request, stored, stem="picture")
