"""Letters: written from a template, read through as they will stand, signed, and kept as a PDF among the files of the card."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from troth.design.done import done
from troth.desk import papers
from troth.desk.forms.letter import LetterForm
from troth.desk.frame import Looking, about, looking, show
from troth.desk.views.entry import is_professional
from troth.people import selectors as people
from troth.records import selectors as records
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.rules.templates import written_out
from troth.records.selectors import TemplateKind
from troth.records.selectors.paper import clinic_now, paragraphs_of
from troth.vault.categories import Category


def write(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Choose a template, change its words, see it as it will stand, and sign it. An address must not say what it is about."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    who = people.get_identity(subject, look.opened)
    lines = records.list_templates(TemplateKind.LETTER)
    options: dict[str, Any] = {"professional": is_professional(look), "today": timezone.localdate(look.at)}
    form: LetterForm | None = None
    if "words" in request.POST:
        form = LetterForm(request.POST, **options)
    elif "use" in request.POST:
        chosen = next((line for line in lines if line.key == request.POST["use"]), None)
        form = LetterForm(
            initial={
                "title": chosen.title if chosen else "",
                "to": _address(look, subject, who),
                "words": written_out(chosen.body, _values(look, who)) if chosen else "",
            },
            **options,
        )
    read_through = form is not None and form.is_bound and form.is_valid()
    # What is kept is what was read through: words that were changed since are shown once more.
    seen = form.seen if form is not None and read_through else ""
    if form is not None and read_through and "keep" in request.POST and request.POST.get("read") == seen:
        said = form.cleaned_data
        try:
            services.write_letter(
                subject,
                title=said["title"],
                to=said["to"],
                words=said["words"],
                about=_about(who),
                signer=_signer(look),
                release=form.release,
                document=said["document"],
                by=look.actor,
                at=look.at,
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return done("desk_card", "letter-kept", subject=subject)
    return show(
        request,
        "letter/write",
        about(request, look, subject),
        subject=subject,
        name=who.name if who else "",
        why=papers.health_strip(look, subject, who),
        lines=lines,
        form=form,
        preview=paragraphs_of(form.cleaned_data["words"]) if form and read_through else (),
        to=form.cleaned_data["to"].splitlines() if form and read_through else (),
        read=seen,
        about=_about(who),
        signer=_signer(look),
        status=422 if form and form.is_bound and form.errors else 200,
    )


def _about(who: people.PersonIdentity | None) -> str:
    """Whom it is about, in a line."""
    if who is None:
        return ""
    return f"{who.name}, born {who.born_on:%-d %B %Y}" if who.born_on else who.name


def _signer(look: Looking) -> str:
    """Who signs, as the public profile says."""
    found = people.staff_profiles([look.id]).get(look.id)
    return ", ".join(part for part in (found.name, found.role_words, found.registration) if part) if found else ""


def _values(look: Looking, who: people.PersonIdentity | None) -> dict[str, str]:
    return {
        "name": who.name if who else "",
        "born": f"{who.born_on:%-d %B %Y}" if who and who.born_on else "",
        "date": f"{timezone.localtime(look.at):%-d %B %Y}",
        "clinic": clinic_now(look.at)[0],
        "author": _signer(look).partition(",")[0],
    }


def _address(look: Looking, subject: UUID, who: people.PersonIdentity | None) -> str:
    """To the person themself, where the viewer may see how to reach them; it can be changed to anybody."""
    held = (
        people.get_contact(subject, look.opened) if look.opened.decision(subject, Category.CONTACT).allowed else None
    )
    parts = [who.name if who else "", *(held.address.split(", ") if held else ()), held.postcode if held else ""]
    return "\n".join(part for part in parts if part)
