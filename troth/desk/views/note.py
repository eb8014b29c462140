"""Notes: a draft is written, changed and signed by its author; a signed note is read, and added to."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.desk import noting, papers
from troth.desk.forms.note import ChooseForm, NoteForm
from troth.desk.forms.record import AdditionForm, SignForm
from troth.desk.frame import Looking, about, looking, show
from troth.desk.telling import Teller
from troth.desk.views.entry import is_professional
from troth.people import selectors as people
from troth.records import selectors as records
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import NoteLine, TemplateKind, TemplateLine
from troth.vault.categories import Category

KEEPS = "X-Troth-Keeps"  # what the script sends with a draft that it keeps while somebody writes


def write(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Begin a note as a draft, free or with a template."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    if request.method == "POST" and (begun := _begun(request, look, subject)) is not None:
        return _go_on(request, look, begun)
    lines = records.list_templates(TemplateKind.NOTE)
    if request.method == "POST" and "choose" in request.POST:
        return _choosing(request, look, subject, lines)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.write_note(
                subject, note=form.cleaned_data["note"], by=look.actor, at=look.at, **form.words
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            if KEEPS in request.headers:
                return _kept(look, made.pk, made.digest())
            return done("desk_note", "draft-kept", note=made.pk)
    if request.method == "POST" and KEEPS in request.headers:
        return _not_kept(form)
    return _writing(request, look, subject, form, choosing=_chooser(lines, form))


def read(request: HttpRequest, note: UUID) -> HttpResponse:
    """A signed note as it stands, or the draft of whoever looks, to change and to sign."""
    look = looking(request)
    return _go_on(request, look, records.get_note(note, look.opened))


def _begun(request: HttpRequest, look: Looking, subject: UUID) -> NoteLine | None:
    """The note that a page had begun when the answer to it was lost on its way, so that the page still sends it as a new one."""
    named = request.POST.get("note", "").replace("-", "")
    return next((each for each in records.list_notes(subject, viewer=look.id) if each.recorded.id.hex == named), None)


def _go_on(request: HttpRequest, look: Looking, found: NoteLine) -> HttpResponse:
    sent, keeps, note = request.method == "POST", KEEPS in request.headers, found.recorded.id
    form = NoteForm(request.POST if sent else None, draft=found)
    if found.signed_at is not None:
        if keeps:
            return JsonResponse({"said": SIGNED}, status=409)
        return _signed(request, look, found, form=_to_add(look, form.typed_out()) if sent else None)
    # A page that was drawn before its draft was kept still offers the choice.
    lines = records.list_templates(TemplateKind.NOTE) if sent or not found.template else []
    if sent and "choose" in request.POST:
        return _choosing(request, look, found.subject, lines, found)
    stands = None
    # What is thrown away need not be fit to be kept.
    if sent and ("discard" in request.POST or form.is_valid()):
        try:
            if "discard" in request.POST:
                services.discard_draft(note, read=request.POST.get("read", ""), by=look.actor, at=look.at)
                return done("desk_card", "draft-gone", subject=found.subject)
            version = services.change_draft(
                note, read=form.cleaned_data["read"], by=look.actor, at=look.at, **form.words
            )
        except NotPossible as error:
            form.add_error(None, str(error))
            stands = records.get_note(note, look.opened)
            form.shows(stands)
        else:
            return _kept(look, note, version) if keeps else redirect("desk_note_sign", note=note)
    if sent and keeps:
        return _not_kept(form)
    choosing = None if found.template else _chooser(lines, form)
    return _writing(request, look, found.subject, form, choosing=choosing, draft=note, stands=stands)


def _to_add(look: Looking, typed: str) -> AdditionForm:
    """What was typed into a note that was signed meanwhile, ready to be signed as an addition."""
    form = AdditionForm({"text": typed, "addition": uuid4()}, **_options(look))
    form.errors.clear()
    form.add_error(None, SIGNED_MEANWHILE)
    return form


def _choosing(
    request: HttpRequest, look: Looking, subject: UUID, lines: list[TemplateLine], draft: NoteLine | None = None
) -> HttpResponse:
    """The same form with what the chosen template asks. What was typed stays; nothing is kept yet, so nothing is wrong."""
    choosing = ChooseForm(lines, request.POST)
    typed = request.POST.copy()
    if choosing.is_valid():
        before = NoteForm(typed, draft=draft)
        line = next((line for line in lines if line.key == choosing.cleaned_data["use"]), None)
        typed["template"] = f"{line.key}/{line.version}" if line else ""
        # What the chosen one does not ask goes on as free words.
        typed["text"] = before.typed_out(without=[each.question for each in line.asks] if line else [])
    form = NoteForm(typed, draft=draft)
    form.errors.clear()
    return _writing(request, look, subject, form, choosing=choosing, draft=draft.recorded.id if draft else None)


def _chooser(lines: list[TemplateLine], form: NoteForm) -> ChooseForm | None:
    """Which template to write with, where there is any and the draft has none yet."""
    return ChooseForm(lines, initial={"use": form.drawn.key if form.drawn else ""}) if lines else None


SIGNED_MEANWHILE = "This note is signed by now. What you typed stands below: sign it as an addition, or leave it."
SIGNED = "This note is signed by now. What you typed since then is not kept: add it to the note instead."


def _kept(look: Looking, note: UUID, version: str) -> HttpResponse:
    """What the script learns: where the draft is kept from now on, in which version, and what to say."""
    said = f"Kept as a draft at {timezone.localtime(look.at):%H:%M}."
    return JsonResponse({"action": reverse("desk_note", args=[note]), "read": version, "said": said})


def _not_kept(form: NoteForm) -> HttpResponse:
    """Why the script could not keep it. Nothing that was typed is sent back."""
    said = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return JsonResponse({"said": said}, status=409)


def _writing(
    request: HttpRequest,
    look: Looking,
    subject: UUID,
    form: NoteForm,
    *,
    choosing: ChooseForm | None = None,
    draft: UUID | None = None,
    stands: NoteLine | None = None,
) -> HttpResponse:
    return _page(
        request,
        look,
        subject,
        "note/write",
        form=form,
        choosing=choosing,
        what="Your draft" if draft else "Write a note",
        draft=draft,
        kind=form.drawn.title if form.drawn and choosing is None else "",
        stands=noting.note_prose(stands) if stands else (),
        stands_rows=noting.note_rows(stands) if stands else (),
    )


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
        rows=noting.note_rows(found),
        title=found.heading or found.title,
        note=note,
        version=found.version,
    )


def add(request: HttpRequest, note: UUID) -> HttpResponse:
    """Add to a signed note."""
    look = looking(request)
    found = records.get_note(note, look.opened)
    form = AdditionForm(
        request.POST if request.method == "POST" else None, initial={"addition": uuid4()}, **_options(look)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.add_to_note(
                note,
                text=form.cleaned_data["text"],
                release=form.release,
                addition=form.cleaned_data["addition"],
                by=look.actor,
                at=look.at,
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
        rows=noting.note_rows(found),
        title=found.heading or found.title,
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
