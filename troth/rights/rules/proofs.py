"""What may be asked of somebody before their request is answered, and why it may take longer, in the words of the letters."""

from troth.rights.models import Asked, Waits

#: What may be asked for: the least that settles it (LAW-1.15, LAW-3.15 to 3.18).
PROOFS: dict[str, tuple[Waits, str]] = {
    "known_detail": (
        Waits.IDENTITY,
        "Tell us something that only you would know, such as the day of your last visit.",
    ),
    "seen_document": (
        Waits.IDENTITY,
        "Something that shows who you are: a passport, a driving licence, or a letter with your name and address. We look at it "
        "and keep no copy.",
    ),
    "account": (
        Waits.IDENTITY,
        "Sign in to your account and say there that it was you. If you have none, ask us for a code.",
    ),
    "signed_authority": (
        Waits.AUTHORITY,
        "A paper that the person signed, with its date, saying that you may ask this for them and for what.",
    ),
    "power_of_attorney": (
        Waits.AUTHORITY,
        "The registered lasting power of attorney, or its code for the public register.",
    ),
    "deputyship": (Waits.AUTHORITY, "The order of the court that made you a deputy."),
    "parental": (
        Waits.AUTHORITY,
        "Something that shows that you have parental responsibility. If the child understands what is asked, we ask the child.",
    ),
    "grant": (
        Waits.AUTHORITY,
        "The grant of probate or letters of administration, or what you say a claim from the death rests on.",
    ),
}

#: What only whoever applies for the records of somebody who died can show (LAW-4.10).
_OF_THE_DEAD = frozenset({"grant"})
#: What ends with a death, and what whoever applies then cannot do: the account and the visits were the patient's own.
_OF_THE_LIVING = frozenset(
    {"account", "known_detail", "signed_authority", "power_of_attorney", "deputyship", "parental"}
)


def proofs_for(asked: Asked, waits: Waits | None = None) -> dict[str, str]:
    """What may be asked for in a case of this kind, with its words: of who they are, of what lets them act, or of both."""
    not_this = _OF_THE_LIVING if asked is Asked.DECEASED else _OF_THE_DEAD
    return {
        code: words for code, (of, words) in PROOFS.items() if code not in not_this and (waits is None or of is waits)
    }


#: Why a case may be extended; being large or needing a question is no reason (LAW-1.7, LAW-1.9).
EXTENSION_REASONS: dict[str, str] = {
    "complex": "what you asked is complex",
    "number": "you have asked for several things, and we answer them together",
}
