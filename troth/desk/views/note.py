"""Notes: a draft is written, changed and signed by its author; a signed note is read, and added to."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from troth.design.done import done
from troth.desk import noting, papers
from troth.desk.forms.record import AdditionForm, NoteForm, SignForm
from troth.desk.frame import Looking, about, looking, show
from troth.desk.telling import Teller
from troth.desk.views.entry import is_professional
from troth.people import selectors as people
from troth.records import selectors as records
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import NoteLine
from troth.vault.categories import Category


def write(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Begin a note as a draft."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.write_note(
            subject, heading=form.cleaned_data["heading"], text=form.cleaned_data["text"], by=look.actor, at=look.at
        )
        return done("desk_note", "draft-kept", note=made.pk)
    return _page(request, look, subject, "note/write", form=form, what="Write a note")


def read(request: HttpRequest, note: UUID) -> HttpResponse:
    """A signed note as it stands, or the draft of whoever looks, to change and to sign."""
    look = looking(request)
    found = records.get_note(note, look.opened)
    if found.signed_at is not None:
        return _signed(request, look, found)
    form = NoteForm(request.POST or None, initial={"heading": found.heading, "text": found.text})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_draft(
                note, heading=form.cleaned_data["heading"], text=form.cleaned_data["text"], by=look.actor, at=look.at
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return redirect("desk_note_sign", note=note)
    return _page(request, look, found.subject, "note/write", form=form, what="Your draft", draft=note)


def sign(request: HttpRequest, note: UUID) -> HttpResponse:
    """Read the draft as it will stand for good, and sign it."""
    look = looking(request)
    found = records.get_note(note, look.opened)
    if found.signed_at is not None:
        return redirect("desk_note", note=note)
    form = SignForm(request.POST if request.method == "POST" else None, **_options(look))
    if request.method == "POST" and form.is_valid():
        try:
            services.sign_note(note, release=form.release, read=form.cleaned_data["read"], by=look.actor, at=look.at)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return done("desk_card", "note-signed", subject=found.subject)
    return _page(
        request,
        look,
        found.subject,
        "note/sign",
        form=form,
        prose=noting.note_prose(found),
        note=note,
        version=found.version,
    )


def add(request: HttpRequest, note: UUID) -> HttpResponse:
    """Add to a signed note."""
    look = looking(request)
    found = records.get_note(note, look.opened)
    form = AdditionForm(request.POST if request.method == "POST" else None, **_options(look))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_to_note(
                note, text=form.cleaned_data["text"], release=form.release, by=look.actor, at=look.at
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return done("desk_note", "note-added", note=note)
    return _signed(request, look, found, form=form)


def _signed(
    request: HttpRequest, look: Looking, found: NoteLine, *, form: AdditionForm | None = None
) -> HttpResponse:
    ids = {found.author, *(addition.author for addition in found.additions)}
    names = {key: member.name for key, member in people.staff_profiles(ids).items()}
    teller = Teller(look.id, found.subject, names, timezone.localdate(look.at))
    return _page(
        request,
        look,
        found.subject,
        "note/read",
        form=form,
        note=found.recorded.id,
        prose=noting.note_prose(found),
        additions=noting.additions(found, teller),
        signed=noting.signature(found, teller),
        when=noting.note_line(found, teller),
    )


def _options(look: Looking) -> dict[str, Any]:
    return {"professional": is_professional(look), "today": timezone.localdate(look.at)}


def _page(request: HttpRequest, look: Looking, subject: UUID, template: str, **values: Any) -> HttpResponse:
    who = people.get_identity(subject, look.opened)
    page = about(request, look, subject)
    return show(
        request,
        template,
        page,
        subject=subject,
        name=who.name if who else "",
        why=papers.health_strip(look, subject, who),
        **values,
    )
