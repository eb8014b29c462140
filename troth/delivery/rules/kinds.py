"""Which letters there are, and what each is made of."""

from dataclasses import dataclass, field
from enum import StrEnum

from troth.notice.purposes import Purpose

WHEN = {"when": "Tuesday 24 November, 2:30pm"}


class Kind(StrEnum):
    """Which letter it is."""

    CONFIRM_REGISTRATION = "confirm_registration"
    CONFIRM_CLAIM = "confirm_claim"
    CONFIRM_ADDRESS = "confirm_address"
    ALREADY_REGISTERED = "already_registered"
    RESET_PASSWORD = "reset_password"  # noqa: S105  the name of a letter
    NO_ACCOUNT = "no_account"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    ADDRESS_CHANGE_ASKED = "address_change_asked"
    ADDRESS_CHANGED = "address_changed"
    CONTACT_CHANGED = "contact_changed"
    RECORDS_LINKED = "records_linked"
    NEW_DEVICE = "new_device"
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    RECORD_CLAIMED = "record_claimed"
    OPENED_IN_EMERGENCY = "opened_in_emergency"
    CERTIFICATE_READY = "certificate_ready"
    RECORD_BROUGHT = "record_brought"
    NOTICE_CHANGES = "notice_changes"
    COPY_READY = "copy_ready"
    FROM_OTHERS = "from_others"
    FROM_OTHERS_FULL = "from_others_full"
    RESTRICTION_ENDS = "restriction_ends"
    CASE_RECEIVED = "case_received"
    COMPLAINT_RECEIVED = "complaint_received"
    CASE_PROOF = "case_proof"
    CASE_LETTER = "case_letter"
    CASE_LETTER_LINK = "case_letter_link"
    CASE_REMINDER = "case_reminder"
    ACTING_LETTER = "acting_letter"
    MAY_ACT = "may_act"
    ACTED_FOR = "acted_for"
    ACTING_SOONER = "acting_sooner"
    ACTING_ENDED = "acting_ended"
    VISIT_BOOKED = "visit_booked"
    VISIT_MOVED = "visit_moved"
    VISIT_CANCELLED = "visit_cancelled"
    VISIT_REMINDER = "visit_reminder"
    VISIT_DEPOSIT = "visit_deposit"
    VISIT_OFFERED = "visit_offered"
    NEWS = "news"
    MESSAGE_WAITS = "message_waits"
    REQUEST_NEWS = "request_news"


@dataclass(frozen=True)
class Letter:
    """
    The words of one kind. `{clinic}` and the names in `sample` are filled in; `sample` is what a preview fills in.

    `action` is the button's words. It leads to `page` of our site, or, with none, to the one-time link that the caller gives.
    A word with several lines becomes as many paragraphs. `because` begins "Why you got this". `sms` is the same in one text
    message, where one makes sense.
    """

    purpose: Purpose
    line: str
    opening: tuple[str, ...]
    because: str
    rows: tuple[tuple[str, str], ...] = ()
    action: str = ""
    page: str = ""
    closing: tuple[str, ...] = ()
    sms: str = ""
    sample: dict[str, str] = field(default_factory=dict)

    @property
    def needs_link(self) -> bool:
        """Whether the caller has to give a one-time link."""
        return bool(self.action) and not self.page
