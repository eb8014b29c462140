"""What the reader agreed to, way by way: agreeing, taking it back in one step, and everything they ever said about it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from troth.consent import selectors as consents
from troth.consent import services
from troth.consent.rules import CHANNEL_WORDS, HOW_WORDS, ConsentRefused, How, said_by
from troth.consent.selectors import Consent, Word
from troth.design.done import done
from troth.design.moments import day_and_hour
from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Row, Tag
from troth.gate.table import actor_of
from troth.notice import selectors as notices
from troth.notice.schema.words import MarketingChannel
from troth.portal import own_data
from troth.portal.forms.consents import AgreeForm
from troth.portal.views.my_data import reader, records_of

GIVE, BACK = "give", "back"
#: What a person may know before they agree or take it back, the same for every use.
FOLLOWS_BACK = (
    "It ends at once, in every part of our system.",
    "What was done before stays lawful.",
)


@dataclass(frozen=True)
class Shown:
    """One use that rests on consent, as the page of choices shows it."""

    consent: Consent
    rows: list[Row]
    backs: list[tuple[str, str]]  # the channel, and what its button says
    more: bool  # whether there is a way by which they have not agreed

    @property
    def follows(self) -> str:
        """What follows from taking it back, in a line: it stands beside the button that does it."""
        return " ".join((*FOLLOWS_BACK, self.consent.if_not)).strip()


def shown(found: list[Consent]) -> list[Shown]:
    """Each use with where it stands, way by way."""
    return [
        Shown(
            consent,
            [Row(_way(each.channel), _state(each)) for each in consent.channels],
            [
                (each.channel, f"Take it back: {way_words(each.channel)}" if each.channel else "Take it back")
                for each in consent.standing()
            ],
            len(consent.standing()) < len(consent.channels),
        )
        for consent in found
    ]


def decide(request: HttpRequest, consent: Consent) -> HttpResponse:
    """
    Agree to one use, by the ways that are chosen here, none of which is chosen beforehand; or take it back, by one way or by all.

    What is asked is said in so many words, so that a page which was left open turns nothing round.
    """
    subject, at, actor = reader(request), request.at, actor_of(request)  # type: ignore[attr-defined]
    if request.method == "POST" and request.POST.get("word") == BACK:
        channel = request.POST.get("channel")
        services.take_back(subject, consent.purpose, channel=channel, by=actor, at=at)
        return done("my_choices", "consent-back")
    open_ways = [
        (each.channel, way_words(each.channel)) for each in consent.channels if not each.stands and each.channel
    ]
    giving = request.method == "POST" and request.POST.get("word") == GIVE
    form = AgreeForm(request.POST if giving else None, ways=open_ways)
    if giving and form.is_valid():
        try:
            for channel in form.cleaned_data.get("ways") or [""]:
                services.give(subject, consent.purpose, channel=channel, by=actor, at=at)
        except ConsentRefused as why:
            form.add_error(None, str(why))
        else:
            return done("my_choices", "consent-given")
    register = notices.register_in_force(at)
    declared = register.purposes[consent.purpose]
    return render(
        request,
        "portal/consents/decide.html",
        {
            "form": form,
            "each": shown([consent])[0],
            "open": len(consent.standing()) < len(consent.channels),
            "seen_by": ", ".join(
                register.roles[role].name for role in declared.access if role in register.roles
            ).lower(),
            "why": own_data.rights_counterpart(at),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "HEAD"])
def history(request: HttpRequest) -> HttpResponse:
    """Everything the reader ever said about uses by consent: the words, how, and when."""
    at = request.at  # type: ignore[attr-defined]
    words = consents.list_words(records_of(request), request.opened)  # type: ignore[attr-defined]
    return render(
        request,
        "portal/consents/history.html",
        {"table": words_table(words, at), "why": own_data.rights_counterpart(at)},
    )


@csrf_exempt  # the token in the address is what a mail program has; a token of a page it has not (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop what a message came by, without signing in. Looking at the page stops nothing: mail programs look at links."""
    at = timezone.now()
    found = consents.read_stop(token, at=at)
    if found is None:
        raise Http404
    over = request.method == "POST"
    if over:
        services.stop_by_link(token, at=at)
    declared = notices.register_in_force(at).purposes.get(found.purpose)
    return render(
        request,
        "portal/consents/stop.html",
        {
            "title": declared.title if declared else "",
            "way": way_words(found.channel) if found.channel else "",
            "follows": FOLLOWS_BACK,
            "over": over,
        },
    )


def words_table(words: list[Word], at: datetime) -> Table | None:
    """Each word, newest first; None when there is none."""
    register = notices.register_in_force(at)
    titles = {purpose: declared.title for purpose, declared in register.purposes.items()}
    columns = (
        Column("What for", "name"),
        Column("What you said"),
        Column("When", "figures", word="When"),
        Column("How"),
    )
    lines: list[tuple[str | Cell, ...]] = [
        (
            Cell(titles.get(each.purpose, each.purpose.value), small=each.wording),
            Cell(
                tag=Tag(
                    "kept" if each.given else "plain",
                    said_by(each.how, given=each.given, agreed="You agreed", back="You took it back"),
                ),
                small=way_words(each.channel),
            ),
            Cell(day_and_hour(each.at), small=f"Notice {each.notice}"),
            Cell(HOW_WORDS[each.how], small=each.proof),
        )
        for each in words
    ]
    return table_of("What you said", columns, lines) if lines else None


def way_words(channel: str) -> str:
    """`by email`, or nothing for a use that has no ways."""
    return CHANNEL_WORDS[MarketingChannel(channel)] if channel else ""


def _way(channel: str) -> str:
    words = way_words(channel)
    return words[:1].upper() + words[1:] if words else "Now"


def _state(each: consents.ByChannel) -> str:
    if each.stands and each.since:
        return f"You agreed on {day_and_hour(each.since)}"
    if each.by_death:
        return HOW_WORDS[How.DEATH]
    if each.ended:
        return f"Off: you took it back on {day_and_hour(each.ended)}"
    return "Off: you never agreed to it"
