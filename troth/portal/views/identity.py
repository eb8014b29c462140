"""Showing who one is: a document from a phone, what was typed read at once, and where the check is."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.fields import Choices
from troth.design.values import Row
from troth.gate.table import actor_of
from troth.portal import own_data
from troth.portal.views.my_data import reader
from troth.prescribing import services
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import CheckState, DocumentKind, Verified, identifying
from troth.prescribing.selectors.identifying import CheckOpened
from troth.rights.selectors import restricted_since
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category


class DocumentForm(forms.Form):
    """Which document, what stands on it, and its picture."""

    kind = forms.ChoiceField(
        label="Which document?",
        choices=[(each.value, each.words) for each in DocumentKind],
        widget=Choices(
            hints={
                DocumentKind.PASSPORT.value: "Of any country",
                DocumentKind.CARD.value: "With lines of letters and < on its back",
            }
        ),
        error_messages={"required": "Choose which document"},
    )
    typed = forms.CharField(
        label="What stands on it?",
        help_text="Passport or card: the lines at the foot with many <. Licence: the number beside 5. Of the number we keep a hash"
        " alone; names and dates go with the picture",
        max_length=200,
        widget=forms.Textarea(
            attrs={"rows": "3", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "Type the lines, or the number of the licence"},
    )
    file = forms.FileField(
        label="A picture of it",
        help_text="The side with your photograph. JPEG, PNG or WebP, at most 25 MB",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
        error_messages={"required": "Take or choose a picture", "empty": "That file is empty. Choose another"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Where the check is, and sending a document."""
    subject, at, opened = reader(request), request.at, request.opened  # type: ignore[attr-defined]
    checks = identifying.checks_of(subject, opened)
    waits = next((each for each in checks if each.line.state is CheckState.SENT), None)
    found = identifying.found_of(subject, opened)
    form, error = DocumentForm(), ""
    stopped = restricted_since(subject, at=at) is not None  # nothing is written then, also not that it is taken back
    if request.method == "POST" and not stopped:
        form = DocumentForm(request.POST, request.FILES)
        try:
            if "back" in request.POST and waits is not None:
                services.take_document_back(waits.line.id, by=actor_of(request), at=at)
                return redirect("my_identity")
            if form.is_valid():
                said = form.cleaned_data
                services.send_document(
                    subject,
                    kind=DocumentKind(said["kind"]),
                    typed=said["typed"],
                    upload=said["file"],
                    by=actor_of(request),
                    at=at,
                )
                return redirect("my_identity")
        except NotPossible as refused:
            error = str(refused)
            form.add_error("typed" if waits is None and found is not Verified.VERIFIED else None, error)
    return render(
        request,
        "portal/identity/show.html",
        {
            "verified": found is Verified.VERIFIED,
            "waits": waits,
            "stopped": stopped,
            "rows": [row for each in checks for row in _rows(each)],
            "form": form,
            "why": own_data.counterpart_of(Category.IDENTITY_DOCUMENT, dates_kept(subject, at=at), at, link=False),
        },
        status=422 if form.errors or (stopped and request.method == "POST") else 200,
    )


def _rows(each: CheckOpened) -> list[Row]:
    """One check as its person reads it."""
    when = f"Sent on {timezone.localtime(each.line.sent_at):%-d %B %Y}"
    gone = "The picture is destroyed"
    if each.has_picture:
        waits = each.line.state is CheckState.SENT
        gone = f"The picture goes within a day{' after somebody has looked' if waits else ''}"
    if each.line.state is CheckState.SENT:
        state = "Somebody looks at it"
    elif each.line.state is CheckState.LEFT:
        state = each.state_words[:1].upper() + each.state_words[1:]
    else:
        state = {
            Verified.VERIFIED: "We made sure that it is you",
            Verified.CONTRADICTED: "It does not fit your record. Ring us",
        }.get(each.result, "The picture was not good enough. Send another")
    rows = [Row(each.kind.words, state, note=f"{when}. {gone}")]
    rows += [Row("Does not fit", fault.words) for fault in each.faults if each.line.state is CheckState.SENT]
    return rows
