"""Words of a closed list, as they are stored and as people read them."""

from enum import StrEnum


class Worded(StrEnum):
    """A vocabulary whose members carry the words that people read: `SENT = "sent", "on its way"`."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "Worded":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member
