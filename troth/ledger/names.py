"""Every event that can stand in the ledger, listed once: `room:what_happened` and the words people read for it."""

from enum import StrEnum


class Event(StrEnum):
    """The name of an event. An act names one; `opened` and `refused` are the gate's."""

    words: str

    def __new__(cls, value: str, words: str) -> "Event":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    OPENED = "gate:opened", "opened the record"
    REFUSED = "gate:refused", "was refused"
    FACT_RECORDED = "gate:fact_recorded", "recorded a standing fact"
    FACT_ENDED = "gate:fact_ended", "ended a standing fact"
    NOTICE_PUBLISHED = "notice:published", "published a version of the notice"
    KEY_TURNED = "vault:master_key_turned", "turned the master key"
    KEYS_DESTROYED = "vault:keys_destroyed", "destroyed keys"
    BACKUP_MADE = "copies:backup_made", "made a backup"
    RESTORED = "copies:restored", "restored a backup"
