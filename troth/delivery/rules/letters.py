"""
Every message that Troth can send, listed once, in the words that people read.

None of them says anything of health: no service, trade, medicine or result, in the subject line, the text or a link. None
greets by a name that somebody typed: a stranger could have our machines carry words of their own to any address.
"""

from troth.delivery.rules.acting import ACTING_LETTERS
from troth.delivery.rules.kinds import WHEN as _WHEN
from troth.delivery.rules.kinds import Kind as Kind
from troth.delivery.rules.kinds import Letter as Letter
from troth.delivery.rules.visits import VISIT_LETTERS
from troth.notice.purposes import Purpose

_NOT_YOU = "If it wasn’t you, you need do nothing: without the link nothing happens."

_WAYS = "You can complain to us about how we handle your data, and to the regulator at any time: The regulator, 0300 000 0000."

LETTERS: dict[Kind, Letter] = {
    Kind.CONFIRM_REGISTRATION: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Confirm your email address",
        ("Somebody asked to open an account with {clinic} and gave this address. If it was you, confirm it.",),
        because="Somebody typed this address on our page for new accounts",
        action="Confirm my address",
        closing=("The link works once, until {until}.", _NOT_YOU + " What was typed is destroyed after that."),
        sample={"until": "Friday 27 November, 2:30pm"},
    ),
    Kind.CONFIRM_CLAIM: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Confirm your email address",
        (
            "You entered the code that we gave you, and this address to sign in with. Confirm it, and your account is open.",
        ),
        because="Somebody with a code of ours chose this address to sign in with",
        action="Confirm my address",
        closing=("The link works once, until {until}.", _NOT_YOU),
        sample={"until": "Friday 27 November, 2:30pm"},
    ),
    Kind.CONFIRM_ADDRESS: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Confirm your new email address",
        ("Somebody who is signed in to an account with {clinic} wants to sign in with this address from now on.",),
        because="Somebody typed this address as the new one of their account",
        action="Confirm my new address",
        closing=("The link works once, until {until}.", _NOT_YOU),
        sample={"until": "Friday 27 November, 2:30pm"},
    ),
    Kind.ALREADY_REGISTERED: Letter(
        Purpose.ACCOUNT_SECURITY,
        "You have an account already",
        (
            "Somebody asked to open an account with {clinic} and gave this address. It has an account already, and that is "
            "as it was.",
            "If it was you, sign in with the password that you have, or choose a new one.",
        ),
        because="Somebody typed the address of your account on one of our pages",
        action="Choose a new password",
        page="/reset/",
        closing=(
            "If it wasn’t you, you need do nothing. They were told nothing, and can’t see whether this address has an account.",
        ),
    ),
    Kind.RESET_PASSWORD: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Choose a new password",
        ("Somebody asked for a new password for the account with this address. If it was you, choose one.",),
        because="Somebody typed the address of your account on our page for new passwords",
        action="Choose a new password",
        closing=(
            "The link works once, until {until}. If you sign in with a second step, you still need it.",
            "If it wasn’t you, you need do nothing: your password stays as it is.",
        ),
        sample={"until": "Tuesday 24 November, 3:30pm"},
    ),
    Kind.NO_ACCOUNT: Letter(
        Purpose.ACCOUNT_SECURITY,
        "No account has this address",
        (
            "Somebody asked {clinic} for a link to an account and gave this address. No account has it.",
            "If it was you, perhaps you use another address with us. Or your account isn’t open yet: when we know you already, "
            "ask us for a code.",
        ),
        because="Somebody typed this address on one of our pages",
        action="Go to our pages",
        page="/",
        closing=("If it wasn’t you, you need do nothing. We destroy this address within a day.",),
    ),
    Kind.PASSWORD_CHANGED: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Your password was changed",
        (
            "The password of your account with {clinic} was changed. Wherever else you were signed in, you are no longer.",
        ),
        because="We tell you when something important happens to your account",
        rows=(("When", "{when}"),),
        closing=("If it wasn’t you, choose a new password at once, and tell us.",),
        sms="{clinic}: your password was changed, {when}. If it wasn’t you, tell us at once.",
        action="Choose a new password",
        page="/reset/",
        sample=_WHEN,
    ),
    Kind.ADDRESS_CHANGE_ASKED: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Somebody wants to change your address",
        (
            "Somebody who is signed in to your account with {clinic} asked to sign in with another address. Until they confirm "
            "it there, this one stays.",
        ),
        because="We tell you when something important happens to your account",
        rows=(("When", "{when}"),),
        action="Choose a new password",
        page="/reset/",
        closing=("If it wasn’t you, choose a new password now: that ends their session, and what they asked for.",),
        sample=_WHEN,
    ),
    Kind.ADDRESS_CHANGED: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Your email address was changed",
        ("You sign in to your account with {clinic} with another address from now on, and no longer with this one.",),
        because="This was the address of your account until now",
        rows=(("When", "{when}"),),
        closing=("If it wasn’t you, tell us at once, by telephone where you can.",),
        sample=_WHEN,
    ),
    Kind.CONTACT_CHANGED: Letter(
        Purpose.ACCOUNT_SECURITY,
        "How we reach you was changed",
        (
            "How {clinic} reaches you was changed. We write this to the address that we had before and to the one we have now.",
        ),
        because="We tell you when something important about your record changes",
        rows=(("When", "{when}"),),
        closing=("If it wasn’t you and you didn’t ask for it, tell us at once, by telephone where you can.",),
        sample=_WHEN,
    ),
    Kind.RECORDS_LINKED: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Two records were linked as yours",
        (
            "{clinic} found that two records here are about you, and linked them. Signed in, you see what is held in both. "
            "We write this wherever we reach you in either.",
        ),
        because="We tell you when something important about your record changes",
        rows=(("When", "{when}"),),
        closing=("If you only ever had one record with us, tell us at once, by telephone where you can.",),
        sample=_WHEN,
    ),
    Kind.NEW_DEVICE: Letter(
        Purpose.ACCOUNT_SECURITY,
        "A new device signed in",
        ("Somebody signed in to your account with {clinic} from a device that it had not been used from before.",),
        because="We tell you when something important happens to your account",
        rows=(("When", "{when}"), ("Device", "{device}")),
        closing=("If it was you, all is well. If not, choose a new password at once: that signs them out.",),
        sms="{clinic}: a new device signed in to your account, {when}. If it wasn’t you, choose a new password at once.",
        action="Choose a new password",
        page="/reset/",
        sample={**_WHEN, "device": "Firefox on Linux"},
    ),
    Kind.SECOND_FACTOR_CHANGED: Letter(
        Purpose.ACCOUNT_SECURITY,
        "Your second step was changed",
        ("What you need besides your password to sign in to {clinic} was changed.",),
        because="We tell you when something important happens to your account",
        rows=(("When", "{when}"), ("What", "{what}")),
        closing=("If it wasn’t you, tell us at once, by telephone where you can.",),
        sample={**_WHEN, "what": "A passkey was added"},
    ),
    Kind.RECORD_CLAIMED: Letter(
        Purpose.ACCOUNT_SECURITY,
        "An account was opened for you",
        (
            "Somebody with a code that {clinic} gave out opened an account in your name, with another address than this one.",
        ),
        because="This is the address that we reach you by",
        rows=(("When", "{when}"),),
        closing=("If it wasn’t you, tell us at once, by telephone where you can.",),
        sample=_WHEN,
    ),
    Kind.OPENED_IN_EMERGENCY: Letter(
        Purpose.RIGHTS,
        "Your record was opened",
        (
            "One of our staff opened your record with {clinic} in an emergency, past its usual limits. A colleague reviews "
            "whether that was right.",
        ),
        because="We tell you whenever the limits of your record were passed",
        rows=(("When", "{when}"),),
        action="See who looked",
        page="/my-data/history/",
        closing=("Who it was and what they opened stands in your account, and nowhere in this message.",),
        sample=_WHEN,
    ),
    Kind.CERTIFICATE_READY: Letter(
        Purpose.RIGHTS,
        "Your certificate is ready",
        (
            "What you asked {clinic} to erase is gone from the live system. The certificate says what, and what stays.",
        ),
        because="You asked for something to be erased",
        action="See my certificate",
        page="/my-data/asked/",
        closing=("You need your account to read it.",),
    ),
    Kind.FROM_OTHERS: Letter(
        Purpose.RIGHTS,
        "Somebody told us something about you",
        (
            "{clinic} was given data about you by somebody else. From whom it came, on which day and of what kind it is stands in "
            "your account.",
        ),
        because="The law has us tell you when we hold something about you that you did not tell us",
        action="See what came",
        page="/my-data/from-others/",
        closing=(
            "What we do with it, for how long, and what you can ask of us stands in our notice.",
            "If something in it is wrong, tell us. You can also complain to us, and to the regulator.",
        ),
    ),
    Kind.FROM_OTHERS_FULL: Letter(
        Purpose.RIGHTS,
        "Somebody told us something about you",
        (
            "{clinic} was given data about you by somebody else. This is from whom it came, on which day, and of what kind it is:",
            "{lines}",
        ),
        because="The law has us tell you when we hold something about you that you did not tell us",
        closing=(
            "What we do with it, for how long, who may have it, and how to reach our data protection officer stands in our notice. "
            "Ask us, and we post it to you.",
            "You can have a copy, have it corrected or erased, stop a use, object, and complain to us, and to the regulator.",
        ),
        sample={"lines": "Your GP practice, 24 November 2026: who you are."},
    ),
    Kind.RESTRICTION_ENDS: Letter(
        Purpose.RIGHTS,
        "The stop on your record ends",
        (
            "You asked {clinic} to stop using your record. That ends on {day}. Until then nothing changes.",
            "Why it ends stands in your account. If you think that is wrong, tell us before that day.",
        ),
        because="We tell you before a stop that you asked for ends",
        action="See what I asked",
        page="/my-data/asked/",
        closing=("You can also complain to us, and to the regulator.",),
        sample={"day": "24 December 2026"},
    ),
    Kind.COPY_READY: Letter(
        Purpose.RIGHTS,
        "Your copy is ready",
        ("You asked {clinic} for a copy of your data. It is ready for you to fetch, until {until}.",),
        because="You asked for a copy of your data",
        action="Fetch my copy",
        page="/my-data/copies/",
        closing=("You need your account to fetch it. Nobody else can.",),
        sample={"until": "24 December 2026"},
    ),
    Kind.RECORD_BROUGHT: Letter(
        Purpose.RIGHTS,
        "How we use your data",
        (
            "{clinic} keeps its records in a new system. What we held of you in the one before was brought over, and that "
            "system is the source of it.",
            "Our privacy notice says what we use it for, who sees it, how long we keep it, and what you can ask of us.",
        ),
        because="We tell everybody whose data we hold before we use it",
        action="Read the privacy notice",
        page="/notice/",
        closing=("If you have nothing to do with us, tell us, and we look into it.",),
    ),
    Kind.NOTICE_CHANGES: Letter(
        Purpose.RIGHTS,
        "Our privacy notice changes",
        (
            "{clinic} changes what it says about personal data. The new version holds from {from}. This is different:",
            "{changes}",
        ),
        because="We tell everybody whose data we hold before we use it for anything new",
        action="Read what changes",
        page="/notice/changes/?before={before}&after={after}",
        closing=(
            "We use nothing of yours for anything new before that day.",
            "You can ask us to stop a use, for a copy, or to erase what we need not keep. Each is in your account.",
        ),
        sample={
            "from": "24 December 2026",
            "changes": "New purpose: Sending you our newsletter.\nNew recipient: Larch Mailing Ltd.",
            "before": "1",
            "after": "2",
        },
    ),
    Kind.CASE_RECEIVED: Letter(
        Purpose.RIGHTS,
        "We have your request",
        ("{clinic} has what you asked about personal data, and looks into it.",),
        because="Somebody asked us for something about personal data, and this is where we answer",
        rows=(
            ("Reference", "{reference}"),
            ("What you asked", "{asked}"),
            ("It came", "{received}"),
            ("We answer by", "{due}"),
        ),
        closing=(
            "It costs you nothing. If we need more from you before we can begin, we ask soon, and say why.",
            "{ways}",
        ),
        sample={
            "reference": "4F0C-11A9",
            "asked": "A copy of your data",
            "received": "24 November 2026",
            "due": "24 December 2026",
            "ways": _WAYS,
        },
    ),
    Kind.COMPLAINT_RECEIVED: Letter(
        Purpose.RIGHTS,
        "We have your complaint",
        (
            "{clinic} has your complaint about how your data was handled. We look into it without delay, and tell you how it goes "
            "and what comes of it.",
        ),
        because="Somebody complained to us and gave this address",
        rows=(("Reference", "{reference}"), ("It came", "{received}")),
        closing=("You need not wait for us: you can go to the regulator at any time: {regulator}",),
        sample={
            "reference": "4F0C-11A9",
            "received": "24 November 2026",
            "regulator": "The regulator, 0300 000 0000.",
        },
    ),
    Kind.CASE_PROOF: Letter(
        Purpose.RIGHTS,
        "We need one thing before we begin",
        ("{clinic} has what was asked about personal data. Before we can answer it, we need this:", "{needed}"),
        because="Somebody asked us for something about personal data and gave this address",
        rows=(("Reference", "{reference}"), ("What you asked", "{asked}"), ("It came", "{received}")),
        closing=("Bring it, post it, or tell us how you would rather show it. {begins}", "{ways}"),
        sample={
            "reference": "4F0C-11A9",
            "asked": "A copy of your data",
            "received": "24 November 2026",
            "needed": "Something that shows who you are: a passport, a driving licence, or a letter with your name and address.",
            "begins": "The days in which we answer begin when it comes.",
            "ways": _WAYS,
        },
    ),
    Kind.CASE_LETTER: Letter(
        Purpose.RIGHTS,
        "We wrote to you about your request",
        ("{clinic} wrote you a letter about your request. It is in your account.",),
        because="You asked us for something about your data",
        rows=(("Reference", "{reference}"),),
        action="Read the letter",
        page="/my-data/asked/",
        closing=(
            "What it says stands in your account, and nowhere in this message.",
            "{ways}",
        ),
        sample={"reference": "4F0C-11A9", "ways": _WAYS},
    ),
    Kind.NEWS: Letter(
        Purpose.MARKETING,
        "News that you asked for",
        ("{news}",),
        because="You agreed to news from us by email",
        action="Stop these messages",
        closing=("The link stops them at once. You need not sign in.",),
        sample={"news": "We open on Saturdays from January.\nBooking is open now."},
    ),
    Kind.CASE_LETTER_LINK: Letter(
        Purpose.RIGHTS,
        "We wrote to you about your request",
        ("{clinic} wrote you a letter about what you asked us about personal data.",),
        because="You asked us for something about personal data",
        rows=(("Reference", "{reference}"),),
        action="Read the letter",
        closing=(
            "The link opens that letter alone, for thirty days. You need no account. Whoever has this message can read it.",
            "{ways}",
        ),
        sample={"reference": "4F0C-11A9", "ways": _WAYS},
    ),
    Kind.CASE_REMINDER: Letter(
        Purpose.RIGHTS,
        "A request about data needs you",
        ("A request about data that you look after at {clinic} is near its day, or past it.",),
        because="You are a privacy officer of the clinic",
        rows=(("Reference", "{reference}"), ("Answer by", "{due}"), ("Now", "{left}")),
        action="Open the list",
        page="/office/cases/",
        closing=("Nothing closes itself: it stays in the list until somebody has answered it.",),
        sample={"reference": "4F0C-11A9", "due": "24 December 2026", "left": "2 days left"},
    ),
    **VISIT_LETTERS,
    **ACTING_LETTERS,
}
