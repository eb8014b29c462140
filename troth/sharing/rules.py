"""Whom the notice lets anything be passed to, as a pure rule."""

from troth.notice.purposes import Purpose
from troth.notice.register import Register


class NotNamed(Exception):
    """The notice names no such recipient for the purpose. The message is fit for whoever tried."""


def check_is_named(*, recipient: str, purpose: Purpose, register: Register) -> None:
    """
    Refuse to pass anything to whom the notice does not name for this purpose (UK GDPR Article 13(1)(e)).

    :raises NotNamed: so it is.
    """
    declared = register.purposes.get(purpose)
    if declared is None or recipient not in declared.recipients:
        raise NotNamed("Our notice names no such recipient for this. Nothing may go to them until it does.")
