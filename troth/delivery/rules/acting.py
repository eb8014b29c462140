"""What is written to somebody who acts for another person, and to that person. None of it names the other."""

from troth.delivery.rules.kinds import Kind, Letter
from troth.notice.purposes import Purpose

ACTING_LETTERS: dict[Kind, Letter] = {
    Kind.ACTING_LETTER: Letter(
        Purpose.RIGHTS,
        "We wrote about what you asked for somebody",
        ("{clinic} wrote a letter about something that you asked for a person you act for. It is in your account.",),
        because="You asked us for something for somebody else",
        rows=(("Reference", "{reference}"),),
        action="Read the letter",
        page="/acting/",
        closing=("What it says stands there, for as long as you may act for them, and nowhere in this message.",),
        sample={"reference": "4F0C-11A9"},
    ),
    Kind.MAY_ACT: Letter(
        Purpose.RIGHTS,
        "You can now act for somebody",
        ("{clinic} looked at what you showed us. Sign in, and ask there for the person you act for.",),
        because="You asked to act for somebody",
        action="See whom you act for",
        page="/acting/",
        closing=("It ends on the day that stands in your paper, and before that when they say so.",),
    ),
    Kind.ACTED_FOR: Letter(
        Purpose.RIGHTS,
        "Somebody can now act for you",
        ("Somebody showed {clinic} that they may ask us things about your data for you. {said}",),
        because="We tell you whenever somebody may act for you",
        action="See who, or end it",
        page="/my-data/acting/",
        closing=("If you do not want this, {ends}: they are refused from that moment on.",),
        sample={
            "said": "As what, on what proof, and until when stands in your account.",
            "ends": "end it there, or tell us",
        },
    ),
    Kind.ACTING_SOONER: Letter(
        Purpose.RIGHTS,
        "You act for somebody until an earlier day",
        (
            "You can ask {clinic} things for somebody else. A day of birth was put right with us, so they come of age for this "
            "sooner than we thought. The last day is now {last_day}.",
        ),
        because="You act for somebody",
        action="See whom you act for",
        page="/acting/",
        closing=("If you think that this is a mistake, ask them, or ask us.",),
        sample={"last_day": "31 May 2027"},
    ),
    Kind.ACTING_ENDED: Letter(
        Purpose.RIGHTS,
        "You no longer act for somebody",
        (
            "You could ask {clinic} things for somebody else. That has ended, and what you asked for them opens no longer.",
        ),
        because="You acted for somebody",
        closing=("If you think that this is a mistake, ask them, or ask us.",),
    ),
}
