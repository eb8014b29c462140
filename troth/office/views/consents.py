"""What somebody agreed to and took back, for whoever answers a request of theirs: each word with its proof."""

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.consent import selectors as consents
from troth.consent.rules import CHANNEL_WORDS, HOW_WORDS, said_by
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Tag
from troth.notice.schema.words import MarketingChannel
from troth.office.casework import who
from troth.office.frame import looking, show
from troth.rights import selectors as rights


@require_http_methods(["GET", "HEAD"])
def show_words(request: HttpRequest, case: UUID) -> HttpResponse:
    """List them, newest first."""
    look = looking(request)
    try:
        known = rights.get_case(case, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None
    titles = {purpose: declared.title for purpose, declared in look.opened.register.purposes.items()}
    words = consents.list_words([known.subject], look.opened)
    columns = (
        Column("What for", "name"),
        Column("What they said"),
        Column("When", "figures", word="When"),
        Column("How, and what shows it"),
    )
    table = table_of(
        "What they said about uses by consent",
        columns,
        [
            (
                Cell(titles.get(each.purpose, each.purpose.value), small=each.wording),
                Cell(
                    tag=Tag(
                        "kept" if each.given else "plain",
                        said_by(each.how, given=each.given, agreed="Agreed", back="Took it back"),
                    ),
                    small=CHANNEL_WORDS[MarketingChannel(each.channel)] if each.channel else "",
                ),
                Cell(f"{timezone.localtime(each.at):%-d %b %Y, %-H:%M}", small=f"Notice {each.notice}"),
                Cell(
                    HOW_WORDS[each.how],
                    small="; ".join(
                        filter(
                            None,
                            (each.proof, "the paper is kept" if each.has_paper else "", who(each.by, known.subject)),
                        )
                    ),
                ),
            )
            for each in words
        ],
    )
    return show(
        request,
        "case/consents",
        told="What this person agreed to opens here.",
        known=known,
        table=table if words else None,
    )
