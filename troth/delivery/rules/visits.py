"""What is written of a visit: when, and nothing of what for, with whom or of which trade; and that something waits to be read."""

from troth.delivery.rules.kinds import WHEN, Kind, Letter
from troth.notice.purposes import Purpose

VISIT_LETTERS: dict[Kind, Letter] = {
    Kind.MESSAGE_WAITS: Letter(
        Purpose.MESSAGES,
        "A message waits for you",
        ("{clinic} wrote you a message. It waits in your account, where only you can read it.",),
        because="You have an account with us, and we write to you there",
        action="Read it",
        page="/messages/",
        closing=("We never write by email what a message says.",),
    ),
    Kind.REQUEST_NEWS: Letter(
        Purpose.SERVICE_MESSAGES,
        "There is something new for you",
        (
            "There is something new about what you asked {clinic} for. Look at it soon: we may need an answer from you.",
        ),
        because="You asked us for something in your account",
        action="Look at it",
        page="/requests/",
        closing=("What it is stands in your account, and nowhere in this message.",),
    ),
    Kind.VISIT_BOOKED: Letter(
        Purpose.SERVICE_MESSAGES,
        "Your visit is booked",
        ("Your visit with {clinic} is booked.",),
        because="Somebody booked a visit and gave this address",
        rows=(("When", "{when}"),),
        action="See, move or cancel it",
        closing=(
            "The file with this message puts it into your calendar. You can move or cancel it until a day before.",
            "If you booked nothing with us, tell us.",
        ),
        sample=WHEN,
    ),
    Kind.VISIT_DEPOSIT: Letter(
        Purpose.SERVICE_MESSAGES,
        "A deposit for your visit",
        (
            "{clinic} asks for a deposit for your visit. How much it is stands on the visit’s page, where you pay it by card.",
        ),
        because="A visit of yours is booked",
        rows=(("When", "{when}"),),
        action="See the visit and pay",
        closing=("Cancelled until a day before, you get it back. What you pay for the visit is less by it.",),
        sample=WHEN,
    ),
    Kind.VISIT_MOVED: Letter(
        Purpose.SERVICE_MESSAGES,
        "Your visit is moved",
        ("Your visit with {clinic} is at another time now.",),
        because="A visit of yours was moved",
        rows=(("When", "{when}"),),
        action="See, move or cancel it",
        closing=("The file with this message moves it in your calendar.", "If that time does not suit you, ring us."),
        sample=WHEN,
    ),
    Kind.VISIT_CANCELLED: Letter(
        Purpose.SERVICE_MESSAGES,
        "Your visit is cancelled",
        ("Your visit with {clinic} is cancelled. You need do nothing more.",),
        because="A visit of yours was cancelled",
        rows=(("It was", "{when}"),),
        action="See it",
        closing=("If you did not want that, ring us.",),
        sample=WHEN,
    ),
    Kind.VISIT_REMINDER: Letter(
        Purpose.SERVICE_MESSAGES,
        "Your visit is near",
        ("You are expected at {clinic}.",),
        because="You have booked a visit, and we remind you once",
        rows=(("When", "{when}"),),
        action="See it",
        closing=("If you cannot come, ring us as soon as you can: somebody else may want the time.",),
        sms="{clinic}: we expect you, {when}. If you cannot come, ring us.",
        sample=WHEN,
    ),
    Kind.VISIT_OFFERED: Letter(
        Purpose.SERVICE_MESSAGES,
        "A time is free for you",
        (
            "You are on the waiting list of {clinic}, and a time is free for you. It is kept for you alone until {until}.",
        ),
        because="You asked to be told when a time is free",
        rows=(("When", "{when}"), ("Take it until", "{until}")),
        action="Take it, or let it pass",
        closing=(
            "After that it goes to whoever is next. You keep your place on the list, and are offered later times.",
        ),
        sample={**WHEN, "until": WHEN["when"]},
    ),
}
