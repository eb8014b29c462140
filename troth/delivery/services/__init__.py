"""
Acts of this room. Callers hand over the address and the words from within their own context; the outbox seals them.

    delivery.send_email(subject, kind=Kind.PASSWORD_CHANGED, to=address, context={"when": …}, by=actor, at=at)
"""

from troth.delivery.services.carrying import carry, dispose_old, give_up_late, mark_printed, try_again
from troth.delivery.services.moving import move_messages
from troth.delivery.services.outbox import send_email, send_letter, send_sms

__all__ = [
    "carry",
    "dispose_old",
    "give_up_late",
    "mark_printed",
    "move_messages",
    "send_email",
    "send_letter",
    "send_sms",
    "try_again",
]
