"""
What was done, said once on the page that comes after it.

    return done("desk_visit", "visit-moved", appointment=appointment)

The address carries a word of the closed list below and nothing else, so that neither a session nor an address holds a sentence,
and no link from elsewhere can put words of its own on a page. A toast says it: never the only sign of what happened.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

#: What each word of an address says. None names a person, a service, or anything of health.
DONE = {
    "setting-kept": "It is kept, and holds from the next booking on.",
    "hours-set": "The hours are set. They hold from the next booking on.",
    "away-set": "The days are noted. Visits that are booked on them stay until somebody moves them.",
    "away-ended": "The days are taken back.",
    "visit-booked": "The visit is booked.",
    "visit-moved": "The visit is moved.",
    "visit-arrived": "Noted: they are here.",
    "visit-completed": "Noted: the visit is over.",
    "visit-missed": "Noted: they did not come.",
    "visit-cancelled": "The visit is cancelled, and its time is free again.",
    "task-given": "The task is given.",
    "task-passed": "The task is passed on.",
    "task-ended": "The task is closed.",
    "request-passed": "The request is passed on.",
    "request-decided": "Your decision is recorded.",
    "patient-asked": "Asked. It comes back to you with their answer.",
    "check-recorded": "Your check is recorded.",
    "prescribed": "The prescription is signed. The pharmacist checks it next.",
    "supply-stepped": "Recorded.",
    "questionnaire-published": "The new version is asked from now on.",
    "draft-kept": "The draft is kept. Only you see it until you sign it.",
    "note-signed": "The note is signed. From now on it can only be added to.",
    "note-added": "Your addition is signed.",
    "number-recorded": "The NHS number is written down.",
    "entry-added": "It stands on the card.",
    "case-instructed": "The case is open.",
    "case-stepped": "The case has moved on.",
    "examination-booked": "The examination is booked.",
    "roles-changed": "Their roles are changed. It holds from now.",
    "permissions-changed": "The permissions are changed. They hold from now, for everybody.",
    "leaving-recorded": "Their last day is recorded.",
    "factor-asked": "Asked. A colleague has to confirm it.",
    "factor-lost": "You're in. What you lost is taken away: set up a new second step here.",
    "factor-confirmed": "Done.",
    "review-recorded": "Your review is recorded.",
    "telling-recorded": "It is recorded that they were told, or when we look again.",
    "proof-recorded": "The proof is recorded.",
    "message-again": "It is tried again within a minute.",
    "letter-printed": "The letter is marked as printed.",
    "choice-changed": "Your choice is changed. It holds from now.",
    "consent-given": "Your consent is recorded. You can take it back here at any time.",
    "consent-back": "You took it back. It has ended everywhere.",
    "data-on-its-way": "It is on its way. Their receipt stands here as soon as they have it.",
    "arrival-settled": "It is settled.",
    "word-written": "It is written down, and holds from now.",
    "use-stopped": "We've stopped using your record, but for the few uses that the law leaves.",
    "use-allowed": "Your record may be used again.",
    "correction-sent": "We have your request. Below stands the day by which we answer.",
    "details-changed": "Your details are changed.",
    "password-changed": "Your password is changed. You were signed out everywhere else.",
    "session-ended": "That sign-in is ended.",
}


def done(route: str, word: str, **parts: Any) -> HttpResponseRedirect:
    """
    Lead on to a page that says what was done.

    :raises KeyError: the list has no such word.
    """
    DONE[word]
    return HttpResponseRedirect(f"{reverse(route, kwargs=parts)}?{urlencode({'done': word})}")


def said(request: HttpRequest) -> str:
    """What the address says was done, in our words; empty when it says nothing that we know."""
    return DONE.get(request.GET.get("done", ""), "") if request.method == "GET" else ""
