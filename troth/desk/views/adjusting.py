"""What is to be arranged for somebody's appointments: read and written by whoever books and receives them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from troth.design.done import done
from troth.desk.forms.adjusting import AdjustmentsForm
from troth.desk.frame import about, looking, show, strip
from troth.people import rules, services
from troth.people import selectors as people
from troth.vault.categories import Category


def state(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Tick what they said. Why they need it is not asked."""
    look = looking(request)
    if not people.takes_adjustments(look.opened.register):
        raise Http404
    look.opened.require(subject, Category.IDENTITY)
    held = people.get_adjustments(subject, look.opened)
    form = AdjustmentsForm(
        request.POST or None,
        questions=people.ADJUSTMENTS_ASKED,
        chosen=held.wanted,
        initial={"language": held.language, "seen": held.mark},
    )
    if form.is_valid():
        try:
            services.state_adjustments(subject, by=look.actor, at=look.at, **form.cleaned_data)
            return done("desk_adjustments", "adjustments-written", subject=subject)
        except services.ChangedMeanwhile:
            held = people.get_adjustments(subject, look.opened)
            form.add_error(None, rules.say_overtaken(held.said))
            form.stand_on(held.mark)
    return show(
        request,
        "person/adjustments",
        about(request, look, subject),
        name=people.names_of({subject}, look.opened).get(subject, ""),
        form=form,
        said=held.words,
        why=strip(look, subject, Category.ADJUSTMENTS),
        subject=subject,
        status=422 if form.is_bound else 200,
    )
