"""Documents by which people show who they are: which wait, and looking at one. A person decides; the picture goes after it."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.fields import Choices
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Row
from troth.desk.frame import about, frame, looking, show, strip
from troth.gate.streams import send_file
from troth.people import selectors as people
from troth.prescribing import services
from troth.prescribing.rules import NotPossible, SaysNothingOfOthers
from troth.prescribing.selectors import Verified, identifying
from troth.prescribing.selectors.identifying import CheckOpened
from troth.vault.categories import Category

_FOUND = (
    (Verified.VERIFIED, "It is the person", "Picture, name and date of birth fit the record"),
    (
        Verified.CONTRADICTED,
        "It is somebody else",
        "Nothing can be prescribed for this record any more, whatever comes later",
    ),
    (Verified.IMPOSSIBLE, "I cannot tell", "The picture is not good enough. They can send another"),
)


class LookForm(forms.Form):
    """What was seen."""

    result = forms.ChoiceField(
        label="What does it show?",
        choices=[(each.value, words) for each, words, _ in _FOUND],
        widget=Choices(hints={each.value: hint for each, _, hint in _FOUND}),
        error_messages={"required": "Choose what it shows"},
    )
    words = forms.CharField(
        label="What did you see?",
        help_text="The picture is destroyed within a day: this is what stays. They can read it",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": "3", "autocomplete": "off"}),
        error_messages={"required": "Write what you saw"},
    )

    of_others = forms.CharField(
        label="Why do you find so, although it was shown from another account?",
        help_text="For staff alone: they never read this",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": "3", "autocomplete": "off"}),
        error_messages={"required": "Write why you find so"},
    )

    def __init__(self, *given: Any, shared: bool, **named: Any) -> None:
        """`shared`: the same document was shown from another account."""
        super().__init__(*given, **named)
        if not shared:
            del self.fields["of_others"]


def list_waiting(request: HttpRequest) -> HttpResponse:
    """What nobody has looked at, the oldest first."""
    look = looking(request)
    waiting = identifying.list_waiting()
    names = people.names_of({each.subject for each in waiting}, look.opened)
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(names[each.subject], href=reverse("desk_document", args=[each.id]))
            if each.subject in names
            else Cell("Withheld", coin="parted"),
            f"{timezone.localtime(each.sent_at):%-d %b, %H:%M}",
        )
        for each in people.without_erased(waiting, names)
    ]
    columns = (Column("Who", "name"), Column("Sent", "figures", word="Sent"))
    return show(
        request,
        "document/list",
        frame(request),
        table=table_of("Documents to look at", columns, rows) if rows else None,
    )


def look_at(request: HttpRequest, check: UUID) -> HttpResponse:
    """One document beside the record, and what was seen."""
    look = looking(request)
    found = identifying.get_check(check, look.opened)
    subject = found.line.subject
    form = LookForm(request.POST if request.method == "POST" else None, shared=found.others > 0)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.decide_document(
                check,
                result=Verified(said["result"]),
                words=said["words"],
                of_others=said.get("of_others", ""),
                by=look.actor,
                at=look.at,
            )
        except SaysNothingOfOthers as refused:
            form.add_error("of_others" if found.others else "words", str(refused))
        except NotPossible as refused:
            form.add_error("words", str(refused))
        else:
            return done("desk_documents", "document-looked-at")
    who = people.get_identity(subject, look.opened)
    return show(
        request,
        "document/show",
        about(request, look, subject),
        found=found,
        name=who.name if who else "",
        rows=[
            Row("Name on the record", who.name if who else ""),
            Row("Born", f"{who.born_on:%-d %B %Y}" if who and who.born_on else "Not known"),
            *_typed(identifying.typed_of(check, look.opened)),
            *_rows(found),
        ],
        form=form if found.line.state == "sent" else None,
        why=strip(look, subject, Category.IDENTITY_DOCUMENT),
        status=422 if form.errors else 200,
    )


def picture(request: HttpRequest, check: UUID) -> HttpResponseBase:
    """The picture itself, named generically."""
    look = looking(request)
    stored = identifying.picture_of(check, look.opened)
    if stored is None:
        raise Http404
    return send_file(request, stored, download_name="document.jpg", media_type=stored.media_type)


def _typed(typed: dict[str, str]) -> list[Row]:
    """What they typed, to be compared with the picture sign by sign; it goes with the picture."""
    if not typed:
        return []
    name = " ".join(part for part in (typed["given"], typed["family"]) if part)
    ends = f"{date.fromisoformat(typed['expires_on']):%-d %B %Y}" if typed["expires_on"] else "Not in its number"
    return [
        Row("Name as typed", name),
        Row("Born, as typed", f"{date.fromisoformat(typed['born_on']):%-d %B %Y}"),
        Row("Good until, as typed", ends),
    ]


def _rows(found: CheckOpened) -> list[Row]:
    rows = [
        Row("Document", found.kind.words, note="Its number is not kept"),
        Row("Sent", f"{timezone.localtime(found.line.sent_at):%-d %B %Y, %H:%M}"),
        *(Row("Does not fit", fault.words, flagged=True) for fault in found.faults),
    ]
    if not found.faults:
        rows.append(
            Row("What was typed", "Fits the record", note="That proves nothing by itself. Look at the picture")
        )
    if found.others:
        words = "another account" if found.others == 1 else f"{found.others} other accounts"
        rows.append(
            Row(
                "The same document", f"Was shown from {words}", flagged=True, note="Say nothing of it to whoever asks"
            )
        )
    if found.of_others:
        rows.append(Row("What was said of that", found.of_others, note="Say nothing of it to whoever asks"))
    if found.words:
        rows.append(Row("What was seen", found.words, note=found.result.words.capitalize()))
    return rows
