"""
Breaking the glass at the desk. The question never says whose record it is: who asks may not know it yet, and nobody may learn
by it whether there is such a person. What it opens is the card, read only, for thirty minutes.
"""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from troth.design.rulers import tape_of_minutes
from troth.design.values import Link
from troth.desk.forms.emergency import BreakGlassForm
from troth.desk.frame import frame, looking
from troth.desk.views.card import draw_card
from troth.gate import emergency
from troth.gate.refusals import Check, Decision, Refused
from troth.gate.rules import GLASS_MINUTES
from troth.gate.table import open_path
from troth.people import selectors as people
from troth.vault import keyring

NOT_PROVEN = "Show your second factor first: it must have been within the last five minutes."
NONE_YET = "This needs a second factor, and your sign-in has none yet."


def ask(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Ask why, and open the record when the answer says something. Nothing of the person is opened for the question."""
    look = looking(request)
    if not emergency.may_break_glass(look.actor, look.opened.register):
        raise keyring.poison(
            Refused(
                Decision(
                    allowed=False,
                    check=Check.ROLE,
                    spoken=Check.ROLE,
                    rule="LAW-3.6",
                    sentence="Only a health professional can open a record in an emergency.",
                )
            )
        )
    if emergency.open_until(subject, look.actor, at=look.at):
        return redirect("desk_emergency_card", subject=subject)
    form = BreakGlassForm(request.POST or None)
    proven = emergency.proven_lately(look.actor, at=look.at)
    if proven and form.is_valid():
        if not people.is_known(subject):
            raise Http404
        emergency.break_glass(subject, note=form.cleaned_data["note"], by=look.actor, at=look.at)
        return redirect("desk_emergency_card", subject=subject)
    prove = open_path(request, "prove")
    remember = getattr(request, "remember_destination", None)
    if not proven and prove and callable(remember):
        remember(request.path)
    reviewers = [member.name for member in people.list_staff() if "privacy" in member.role_words.casefold()]
    return render(
        request,
        "desk/emergency/ask.html",
        {
            "page": frame(request),
            "form": form,
            "proven": proven,
            "not_yet": NOT_PROVEN if prove else NONE_YET,
            "prove": Link("Show it now", prove) if prove else None,
            "reviewer": reviewers[0] if reviewers else "the privacy officer",
            "minutes": GLASS_MINUTES,
            "back": Link("Don’t open", open_path(request, "desk_home")),
        },
        status=422 if form.is_bound else 200,
    )


def card(request: HttpRequest, subject: UUID) -> HttpResponse:
    """The card while the glass is broken, with the clock over it. Afterwards the gate refuses it like any other."""
    look = looking(request)
    until = emergency.open_until(subject, look.actor, at=look.at)
    if until is None:
        return draw_card(request, subject)  # the gate refuses, and says so
    start = until - timedelta(minutes=GLASS_MINUTES)
    left = max(1, -(-int((until - look.at).total_seconds()) // 60))
    return draw_card(
        request,
        subject,
        tape=tape_of_minutes(start, until, look.at),
        closes=f"Closes {timezone.localtime(until):%H:%M}",
        left=f"{left} minute{'' if left == 1 else 's'} left",
        began=f"{timezone.localtime(start):%H:%M}",
    )
