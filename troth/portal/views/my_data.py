"""My data: everything held about the reader, why, who looked, and the copy to take away."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from troth.design.values import Link, Right
from troth.gate import linking
from troth.gate.contexts import Opened
from troth.gate.table import actor_of, open_path
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.portal import own_data
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.selectors import Choice, packs
from troth.rights.selectors.copying import NAME
from troth.rights.selectors.planning import dates_kept
from troth.rights.selectors.together import together
from troth.sharing import selectors as sharing
from troth.vault.categories import Category

T = TypeVar("T")
LATEST = 10  # looks on the page; the history has them all


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """Show all of it on one page."""
    subject, at, opened = reader(request), request.at, request.opened  # type: ignore[attr-defined]
    places = {each: rights.places_of(each) for each in records_of(request)}
    every = {each: rights.everything_about(each, opened, places=there) for each, there in places.items()}
    things = [thing for held in every.values() for thing in held]
    looks = sorted(
        (look for each in every for look in rights.looks_at(each, at=at)),
        key=lambda look: -look.id,
    )
    passed = {each: sharing.list_disclosures(each, opened) for each in every}
    passed_on = [each for some in passed.values() for each in some]
    kept = {each: dates_kept(each, at=at, places=places[each]) for each in every}
    return render(
        request,
        "portal/data/show.html",
        {
            "figures": own_data.figures(things, looks, passed_on),
            "ready": _ready(list(every), subject, opened),
            "sections": own_data.sections(every[subject], at, subject, passed[subject], kept[subject]),
            "linked": [
                (number, own_data.sections(held, at, each, passed[each], kept[each], record=number))
                for number, (each, held) in enumerate(every.items(), start=1)
                if each != subject
            ],
            "passed": own_data.passed_table(passed_on, at),
            "goings": own_data.goings(every[subject], at, kept[subject]),
            "looked": own_data.looks_table(looks[:LATEST], at),
            "held_back": any(not thing.released for thing in things),
            "check": Link("See every event and check it", reverse("my_history")),
            "waits": next(
                (
                    case
                    for each in every
                    for case in rights.list_cases(each, opened)
                    if case.right == "access" and case.state != "done"
                ),
                None,
            ),
            "represented": [found for each in every for found in rights.list_representatives(each, at=at)],
            "acts": bool(acted_for(request)),
            "rights": _rights(
                rights.list_choices(subject, at=at),
                rights.restricted_since(subject, at=at) is not None,
                treated=bool(open_path(request, "my_agreements")),
            ),
        },
    )


def _ready(records: list[UUID], subject: UUID, opened: Opened) -> list[tuple[str, str]]:
    """What was released to the reader and waits to be fetched, each with its last day."""
    own = [pack for each in records for pack in packs.list_packs(each, opened) if pack.is_open(opened.at)]
    found = [("The copy that you asked for is ready.", pack.expires_at) for pack in own]
    found += [
        ("The record that you applied for is ready.", given.expires_at)
        for given in packs.given_to(subject)
        if given.is_open(opened.at)
    ]
    return [(words, f"{timezone.localtime(until):%-d %B %Y}") for words, until in found if until is not None]


@require_http_methods(["GET", "HEAD"])
def show_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Show everything of one kind, to the last word."""
    subject, at = record_of(request), request.at  # type: ignore[attr-defined]
    if kind not in set(Category):
        raise Http404
    category = Category(kind)
    things = [thing for thing in rights.everything_about(subject, request.opened) if thing.category is category]  # type: ignore[attr-defined]
    who = rights.recorded_by(things, subject)
    return render(
        request,
        "portal/data/kind.html",
        {
            "uses": rights.describe_uses(category, at),
            "why": own_data.counterpart_of(
                category,
                dates_kept(subject, at=at),
                at,
                passed=sharing.list_disclosures(subject, request.opened),  # type: ignore[attr-defined]
            ),
            "things": [(title, own_data.thing_rows(thing, who)) for title, thing in own_data.titled(things)],
        },
    )


@require_POST
def copy(request: HttpRequest) -> HttpResponseBase:
    """Send a copy of everything, made as it goes out and never stored. Its event is committed before the first byte."""
    at = request.at  # type: ignore[attr-defined]
    copies = {each: rights.make_copy(each, request.opened, at=at) for each in records_of(request)}  # type: ignore[attr-defined]
    for each, one in copies.items():
        services.record_copy(each, by=actor_of(request), at=at, digest=one.digest)
        if one.held_back:  # what a copy left out is asked for without another word (pitfalls A10)
            services.ask_for_what_was_held_back(each, by=actor_of(request), at=at)
    made = together(list(copies.values()))
    return stream_zip(made.pieces(), NAME)


def stream_zip(pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """A ZIP on its way out, piece by piece: never kept on the way, and never shown inside a page."""
    return StreamingHttpResponse(
        pieces,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def records_of(request: HttpRequest) -> tuple[UUID, ...]:
    """
    Every record of the reader's, the one they signed in under first: linked ones come with it (decision 0105). Whoever holds a role
    sees here what belongs to this sign-in alone, and the rest signed in as themself.
    """
    actor = actor_of(request)
    own = reader(request)
    if actor.roles or actor.held_back:
        return (own,)
    return linking.subjects_of(own, at=request.at)  # type: ignore[attr-defined]


def find_own(request: HttpRequest, find: Callable[[UUID], T]) -> T:
    """
    What one of the reader's records has, by `find`, which is given each in turn.

    :raises Http404: none has it. Of anybody else's it says what it says of none.
    """
    for each in records_of(request):
        with suppress(ObjectDoesNotExist):
            return find(each)
    raise Http404


def acted_for(request: HttpRequest) -> list[UUID]:
    """Those for whom the reader may use their rights now."""
    found = people.represented_by(reader(request), at=request.at)  # type: ignore[attr-defined]
    return sorted({subject for subject, purpose in found if purpose in ("", Purpose.RIGHTS.value)})


def record_of(request: HttpRequest) -> UUID:
    """The record that a page is about: by its place among the reader's own, which stands in the address instead of its number."""
    every = records_of(request)
    place = request.GET.get("record", "1")
    number = int(place) if place.isdecimal() and len(place) < 3 else 0
    if not 1 <= number <= len(every):
        raise Http404
    return every[number - 1]


def reader(request: HttpRequest) -> UUID:
    """Whose data these pages are about: nobody's but the reader's own."""
    subject = actor_of(request).id
    assert subject is not None  # the URL table lets nobody in who is not signed in
    return subject


def _rights(choices: list[Choice], restricted: bool, *, treated: bool) -> list[Right]:
    """The rights that can be used here today, as in the notice. Each leads to a page that exists."""
    given = sum(each.kind == "consent" and each.standing for each in choices)
    agreed = (
        f"You’ve given {given}. Taking it back works at once"
        if given
        else "You’ve given none. Giving and taking back work at once"
    )
    stopped = (
        "It is stopped. You can let us use it again"
        if restricted
        else "It stops the moment you ask, while a person decides"
    )
    return [
        Right(Link("Get a copy", "#copy"), "At once, here: to read, or for another clinic’s computer"),
        Right(
            Link("Take your data elsewhere", reverse("my_move")),
            "At once, here: what you gave us, in the forms that other clinics read",
        ),
        Right(
            Link("Have something corrected", reverse("my_correction")),
            "Contact details at once; other things within one month",
        ),
        Right(
            Link("Have something erased", reverse("my_erasure")), "We show you first what would go and what must stay"
        ),
        Right(Link("Tell us to stop using it", reverse("my_restriction")), stopped),
        Right(
            Link("Object to a use", reverse("my_choices")), "It stops the moment you object, while a person weighs it"
        ),
        Right(Link("Take back a consent", reverse("my_choices")), agreed),
        *(
            [Right(Link("Consents to treatment", reverse("my_agreements")), "What you signed, and taking it back")]
            if treated
            else []
        ),
        Right(
            Link("See who has looked", reverse("my_history")),
            "Every event about you, and how to check the list yourself",
        ),
        Right(
            Link("Ask for something else, or complain", reverse("my_ask")),
            "What needs a person: within one month. To the regulator at any time",
        ),
    ]
