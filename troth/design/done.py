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
    "wish-made": "They are on the waiting list.",
    "wish-ended": "They are off the waiting list.",
    "visit-booked": "The visit is booked.",
    "visit-moved": "The visit is moved.",
    "visit-arrived": "Noted: they are here.",
    "visit-completed": "Noted: the visit is over.",
    "visit-missed": "Noted: they did not come.",
    "visits-cancelled": "The visits are cancelled, and their times are free again.",
    "deposit-asked": "We have written to them. The visit stands, and they pay by the link of the message.",
    "booked-unpaid": "The visit is booked, and we have written to them. The deposit is let go.",
    "package-drawn": "One treatment is drawn from their package for this visit.",
    "visit-cancelled": "The visit is cancelled, and its time is free again.",
    "class-planned": "It stands in the diary, and can be booked from now.",
    "class-cancelled": "The class is cancelled. Everybody who was booked is told, where we have an address.",
    "class-left": "The class is cancelled. Whoever stands below is not told: their data may not be used. Ask the privacy officer.",
    "task-given": "The task is given.",
    "task-passed": "The task is passed on.",
    "task-ended": "The task is closed.",
    "request-passed": "The request is passed on.",
    "request-decided": "Your decision is recorded.",
    "patient-asked": "Asked. It comes back to you with their answer.",
    "gp-asked": "The letter is written. Where a way is set up it leaves by itself, else it waits to be printed and posted.",
    "gp-reminded": "The letter goes once more.",
    "gp-seen-to": "Noted. The letter goes once more where it may, and whoever asked sees what follows.",
    "gp-records-kept": "Recorded. Whoever has the request sees it, and the person is told where it came from.",
    "gp-answer-taken-in": "It is sealed, and whoever asked has a task to look at it.",
    "gp-answer-put-back": "It waits on From GPs until a clinician says whose it is.",
    "gp-message-filed": "It stands among the files of their card, and they are told where it came from.",
    "gp-message-told": "Noted. MESH gives it back to whoever sent it.",
    "gp-message-aside": "It is destroyed. That it came, and why it went, stays written down.",
    "check-recorded": "Your check is recorded.",
    "prescribed": "The prescription is signed. The pharmacist checks it next.",
    "supply-stepped": "Recorded.",
    "concern-raised": "It is written down. Whoever decides about them is shown it.",
    "concern-weighed": "It is recorded, with your name.",
    "reaction-due": "Recorded. The Yellow Card scheme is to be told.",
    "reaction-kept": "Recorded. The Yellow Card scheme is not to be told of this one.",
    "gp-letter-anew": "They chose another practice in the meantime. The letter is set anew: print this one.",
    "gp-letter-stopped": "They took back that their GP may be told. It is not sent.",
    "gp-letter-closed": "The request that it asks for is closed. It is not sent.",
    "questionnaire-published": "The new version is asked from now on.",
    "draft-kept": "The draft is kept. Only you see it until you sign it.",
    "consent-signed": "It is signed, and stands on the card.",
    "consent-ended": "Noted: it is taken back, and counts for nothing from now on.",
    "agreement-signed": "You signed it. It stands below, and you can take it back.",
    "agreement-back": "You took it back. Whoever treats you sees that from now on.",
    "letter-kept": "The letter is signed, and stands among the files.",
    "draft-gone": "The draft is thrown away.",
    "template-published": "The template counts from now on. What was written with an earlier one stays as it is.",
    "note-signed": "The note is signed. From now on it can only be added to.",
    "note-added": "Your addition is signed.",
    "number-recorded": "The NHS number is written down.",
    "entry-added": "It stands on the card.",
    "recording-kept": "It is kept until the day that our notice says, and stands here.",
    "file-destroyed": "The file is destroyed.",
    "camera-kept": "The register is changed.",
    "message-sent": "It is sent. They are told by email that a message waits.",
    "message-answered": "Your answer is sent. They are told by email that a message waits.",
    "conversation-closed": "The conversation is closed.",
    "need-kept": "It holds from now, for people who come for that service.",
    "need-ended": "It has ended. What was recorded is locked from now on.",
    "finding-added": "It is kept, and stands here for as long as the treatment needs it.",
    "chart-added": "It stands among the body charts, below.",
    "photograph-added": "The photograph is kept, and stands here.",
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
    "answers-changed": "Your answers are changed. Whoever decides sees both, and when you gave them.",
    "choice-changed": "Your choice is changed. It holds from now.",
    "consent-given": "Your consent is recorded. You can take it back here at any time.",
    "consent-back": "You took it back. It has ended everywhere.",
    "data-on-its-way": "It is on its way. Their receipt stands here as soon as they have it.",
    "document-looked-at": "It is recorded. The picture is destroyed within a day.",
    "end-approved": "Agreed. The run of tonight destroys them.",
    "arrival-settled": "It is settled.",
    "fact-corrected": "It is put right. What stood there before is kept beside it.",
    "statement-set": "Their words stand beside the entry.",
    "recipient-noted": "It is written down.",
    "use-named": "It is written down, and that use stops.",
    "lifting-announced": "They are told. Nothing changes before that day.",
    "search-noted": "It is written down where you looked.",
    "opinion-asked": "They are asked. It waits among what they have to do.",
    "words-kept": "Noted. What goes from the entries goes with the next build.",
    "fee-noted": "It is written down that the fee came.",
    "opinion-given": "Your opinion is recorded. The privacy officer sees it beside the copy.",
    "source-settled": "It is settled.",
    "source-silence-ended": "They are told with the next message.",
    "word-written": "It is written down, and holds from now.",
    "use-stopped": "We've stopped using your record, but for the few uses that the law leaves.",
    "use-allowed": "Your record may be used again.",
    "request-sent": "We have what you asked. It stands below, with its day.",
    "correction-sent": "We have your request. Below stands the day by which we answer.",
    "adjustments-stated": "It is written down, and whoever books or receives you sees it.",
    "adjustments-written": "It is written down, and stands wherever they are booked or received.",
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
