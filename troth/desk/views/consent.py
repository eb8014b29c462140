"""Writing down what somebody agreed to, or took back, at reception, by telephone or on paper. Whoever heard it writes it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from troth.consent import selectors as consents
from troth.consent import services
from troth.consent.rules import CHANNEL_WORDS, ConsentRefused
from troth.design.done import done
from troth.desk.forms.consent import GIVEN, ConsentForm
from troth.desk.frame import Looking, frame, looking, show
from troth.notice.purposes import Purpose
from troth.notice.schema.words import MarketingChannel
from troth.people import selectors as people
from troth.vault.categories import Category


def write(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Write one word down, with what shows that it was said. What else they chose is not shown here."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY)
    form = ConsentForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        uses=_uses(subject, look),
        on=timezone.localdate(look.at),
    )
    if form.is_valid():
        given = form.cleaned_data
        purpose, _, channel = given["use"].partition("|")
        try:
            services.say_for(
                subject,
                Purpose(purpose),
                channel=channel,
                given=given["word"] == GIVEN,
                how=given["how"],
                said_on=given["said_on"],
                proof=given["proof"],
                paper=given["paper"],
                by=look.actor,
                at=look.at,
            )
        except ConsentRefused as why:
            form.add_error(None, str(why))
        else:
            return done("desk_consent", "word-written", subject=subject)
    return show(
        request,
        "consent/write",
        frame(request),
        form=form,
        name=people.names_of([subject], look.opened).get(subject, ""),
        status=422 if form.is_bound else 200,
    )


def _uses(subject: UUID, look: Looking) -> list[tuple[str, str]]:
    return [
        (
            f"{each.purpose.value}|{way.channel}",
            f"{each.title}, {CHANNEL_WORDS[MarketingChannel(way.channel)]}" if way.channel else each.title,
        )
        for each in consents.list_consents(subject, at=look.at)
        for way in each.channels
    ]
