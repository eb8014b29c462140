"""Who somebody is, as the desk may add to it: the NHS number, where the notice says that the clinic holds it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from troth.design.done import done
from troth.desk.forms.identity import NhsNumberForm
from troth.desk.frame import about, looking, show, strip
from troth.people import selectors as people
from troth.people import services
from troth.vault.categories import Category


def nhs_number(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Write it down, in place of one that stood there."""
    look = looking(request)
    if not people.holds_nhs_numbers(look.at):
        raise Http404
    who = people.get_identity(subject, look.opened)
    form = NhsNumberForm(request.POST or None, initial={"number": who.nhs_number if who else ""})
    if form.is_valid():
        services.record_nhs_number(subject, by=look.actor, at=look.at, **form.cleaned_data)
        return done("desk_card", "number-recorded", subject=subject)
    return show(
        request,
        "person/nhs_number",
        about(request, look, subject),
        name=who.name if who else "",
        form=form,
        why=strip(look, subject, Category.IDENTITY),
        subject=subject,
        status=422 if form.is_bound else 200,
    )
