"""What the reader decides: uses that rest on their consent or on our interests, and stopping everything. Each acts at once."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.consent import selectors as consents
from troth.design.done import done
from troth.design.moments import day_and_hour
from troth.gate.table import actor_of
from troth.notice.purposes import Purpose
from troth.portal import deciding, own_data
from troth.portal.forms.choices import CorrectForm, WordsForm
from troth.portal.views.consents import decide as decide_consent
from troth.portal.views.consents import shown
from troth.portal.views.my_data import reader, records_of
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules.clock import Asked, Route
from troth.rights.selectors import Choice

#: What the form about the whole record says that its button does.
STOP, ALLOW = "stop", "allow"


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """List every use that the reader decides about, and whether it is on."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    choices = rights.list_choices(subject, at=at)
    agreed = consents.list_consents(subject, at=at)
    since = rights.restricted_since(subject, at=at)
    return render(
        request,
        "portal/choices/show.html",
        {
            "agreed": shown(agreed),
            "interests": deciding.table([each for each in choices if each.kind == "objection"], at),
            "restricted": day_and_hour(since) if since else "",
            "why": own_data.rights_counterpart(at),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, purpose: str) -> HttpResponse:
    """
    Say what follows from changing one choice; when the reader goes on, change it at once.

    What is asked is said in so many words, so that a page which was left open turns nothing round.
    """
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    consent = consents.get_consent(subject, purpose, at=at)
    if consent is not None:
        return decide_consent(request, consent)
    choice = next((each for each in rights.list_choices(subject, at=at) if each.purpose.value == purpose), None)
    if choice is None:
        raise Http404
    form = WordsForm(request.POST or None) if not choice.standing else None
    wanted = deciding.words_for(choice).word
    if request.method == "POST" and request.POST.get("word") == wanted and (form is None or form.is_valid()):
        _carry_out(request, choice, words=form.cleaned_data["words"] if form else "")
        return done("my_choices", "choice-changed")
    return render(
        request,
        "portal/choices/decide.html",
        {
            "form": form,
            "choice": choice,
            "said": deciding.words_for(choice),
            "why": own_data.rights_counterpart(at),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def restrict(request: HttpRequest) -> HttpResponse:
    """
    Stop every use of the reader's record but the few that the law leaves; or let it be used again.

    What is asked is said in so many words: a button pressed twice stops it, and does not let it go on the second time.
    """
    subject, at, actor = reader(request), request.at, actor_of(request)  # type: ignore[attr-defined]
    since = rights.restricted_since(subject, at=at)
    asked = request.POST.get("word") if request.method == "POST" else None
    if asked in (STOP, ALLOW) and (asked == STOP) == (since is not None):
        return done("my_choices", "use-stopped" if since else "use-allowed")
    form = WordsForm(request.POST or None) if since is None else None
    if asked == (STOP if form else ALLOW) and (form is None or form.is_valid()):
        if form is None:
            services.lift_restriction(subject, by=actor, at=at)
        else:
            services.ask_to_stop(subject, None, by=actor, at=at, words=form.cleaned_data["words"])
        return done("my_choices", "use-allowed" if form is None else "use-stopped")
    return render(
        request,
        "portal/choices/restrict.html",
        {
            "form": form,
            "word": STOP if form else ALLOW,
            "restricted": day_and_hour(since) if since else "",
            "why": own_data.rights_counterpart(at),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest) -> HttpResponse:
    """Ask for something to be put right that the reader can't change here: it becomes a case with its day."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    form = CorrectForm(request.POST or None)
    if form.is_valid():
        services.take_in(
            subject,
            {Asked.RECTIFICATION},
            words=f"{form.cleaned_data['what']}\n{form.cleaned_data['words']}",
            route=Route.PORTAL,
            received_on=timezone.localdate(at),
            by=actor_of(request),
            at=at,
        )
        return done("my_rights_requests", "correction-sent")
    return render(
        request,
        "portal/choices/correct.html",
        {"form": form, "why": own_data.rights_counterpart(at)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD"])
def requests(request: HttpRequest) -> HttpResponse:
    """What the reader asked about their data, where it stands and by when it is answered."""
    at = request.at  # type: ignore[attr-defined]
    opened, records = request.opened, records_of(request)  # type: ignore[attr-defined]
    cases = [case for each in records for case in rights.list_cases(each, opened)]
    named = {case: names for each in records for case, names in rights.named_in_cases(each, opened, at=at).items()}
    return render(
        request,
        "portal/choices/requests.html",
        {
            "table": deciding.cases_table(sorted(cases, key=lambda case: case.recorded_at, reverse=True), named, at),
            "why": own_data.rights_counterpart(at),
        },
    )


def _carry_out(request: HttpRequest, choice: Choice, *, words: str) -> None:
    subject, at, actor = reader(request), request.at, actor_of(request)  # type: ignore[attr-defined]
    purpose: Purpose = choice.purpose
    if choice.standing:
        services.withdraw_objection(subject, purpose, by=actor, at=at)
    else:
        services.ask_to_stop(subject, purpose, by=actor, at=at, words=words)
