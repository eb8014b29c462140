"""An opinion that was asked of a health professional: what a copy would hold of somebody's health, and whether it could do harm."""

from dataclasses import replace
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.values import Counterpart, Link, Row, Term
from troth.desk.forms.opinion import OpinionForm, opinion_on
from troth.desk.frame import Looking, about, looking, show
from troth.gate.streams import send_named
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.selectors import opinions


def give(request: HttpRequest, opinion: UUID) -> HttpResponse:
    """Read what is asked about, and say of each entry whether it could do serious harm."""
    look = looking(request)
    with opinions.weighing(by=look.actor, at=look.at) as opened:
        return _give(request, opinion, replace(look, opened=opened))


def open_file(request: HttpRequest, opinion: UUID, item: UUID, field: str) -> HttpResponseBase:
    """Send a file of an entry that the opinion is about: nobody says of what they cannot read whether it does harm."""
    look = looking(request)
    with opinions.weighing(by=look.actor, at=look.at) as opened:
        things = opinions.to_weigh(_asked(opinion, replace(look, opened=opened)), opened)
        files = [each for thing in things if UUID(thing.id) == item for each in thing.files if each.field == field]
    if not files:
        raise Http404
    return send_named(request, files[0].stored, stem=f"file-{item.hex[:8]}")


def _asked(opinion: UUID, look: Looking) -> opinions.Opinion:
    try:
        return opinions.get_opinion(opinion, look.opened, of=look.id)
    except ObjectDoesNotExist:
        raise Http404 from None


def _give(request: HttpRequest, opinion: UUID, look: Looking) -> HttpResponse:
    asked = _asked(opinion, look)
    things = opinions.to_weigh(asked, look.opened)
    entries = [
        (
            thing.id,
            f"{number}. {thing.kind[:1].upper()}{thing.kind[1:]}, {timezone.localtime(thing.recorded_at):%-d %B %Y}",
        )
        for number, thing in enumerate(things, 1)
    ]
    form = OpinionForm(request.POST if request.method == "POST" else None, entries=entries, of_dead=asked.of_dead)
    if form.is_bound and form.is_valid():
        try:
            services.give_opinion(
                opinion,
                findings=form.findings(),
                words=form.cleaned_data["words"],
                by=look.actor,
                at=look.at,
            )
        except services.PackRefused as refusal:
            form.add_error("verdict", str(refusal))
        else:
            return done("desk_tasks", "opinion-given")
    who = people.get_identity(asked.subject, look.opened)
    because = look.opened.reason_for(asked.subject)
    uses = rights.describe_uses(things[0].category, look.at) if things else None
    terms = (
        Term("For", look.purpose),
        Term("Because", because[:1].upper() + because[1:]),
        Term("Seen by", ", ".join(uses.seen_by) if uses else ""),
    )
    return show(
        request,
        "opinion/give",
        about(request, look, asked.subject),
        name=who.name if who else "",
        called=opinion_on(of_dead=asked.of_dead),
        of_dead=asked.of_dead,
        question=asked.question,
        entries=[(title, _rows(thing, opinion)) for (_, title), thing in zip(entries, things, strict=True)],
        form=form,
        why=Counterpart("Why you see this", terms=tuple(term for term in terms if term.value)),
        status=422 if form.errors else 200,
    )


def _rows(thing: rights.HeldThing, opinion: UUID) -> list[Row]:
    rows = [Row(field.heading, field.text) for field in thing.fields if field.text and not field.is_open]
    for number, file in enumerate(thing.files, 1):
        href = reverse("desk_opinion_file", args=[opinion, UUID(thing.id), file.field])
        rows.append(Row("File", file.name or "A file", link=Link("Open it", href, f"{thing.kind} {number}")))
    return rows or [Row("Content", "Nothing is written in it")]
