"""
A person who lost every second factor comes back in: whoever serves them makes sure who they are and hands them a code, which stands
in for what is lost, once, after the password. Neither the password nor the code opens the account alone (decision 0140).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from troth.gate import linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import rules
from troth.people.models import Recognised, ReturnCode
from troth.people.rules import CLAIMING
from troth.people.selectors.factors import Returning, has_second_factor, recovery_hash
from troth.people.selectors.staff import staff_among
from troth.people.services.factors import UsedUp, _recovery_code, _say, _take_factors_away
from troth.vault.categories import Category

#: For how long the code holds. By post it takes days to arrive.
LIFE, LIFE_BY_POST = timedelta(days=1), timedelta(days=7)


@act(Event.RETURN_CODE_MADE, purpose=CLAIMING)
def make_return_code(subject: UUID, *, made_sure: Recognised, reason: str, by: Actor, at: datetime) -> str:
    """
    Give a code that stands in for a lost second factor, having made sure who it is. It is told to the person at once, wherever they
    sign in from, and an older one is worth nothing from now on.

    :raises ReturnRefused: it is one's own account or a colleague's, nothing is lost, or the role does not serve people.
    :raises Refused: the actor may not see or change who this person is.
    """
    acting().require(subject, Category.IDENTITY)
    rules.check_can_let_back(
        own=linking.person_of(subject, at=at).includes(by.id),
        serves=bool(by.roles & rules.TELLING_APART),
        colleague=bool(staff_among([subject])),
        has_factor=has_second_factor(subject),
    )
    ReturnCode.objects.filter(subject_id=subject).exclude(code_hash="").update(code_hash="")
    code = _recovery_code()
    lasts = LIFE_BY_POST if made_sure is Recognised.BY_POST else LIFE
    try:
        ReturnCode.objects.create(
            subject_id=subject,
            code_hash=recovery_hash(subject, code),
            expires_at=at + lasts,
            made_sure=made_sure,
            reason=reason.strip(),
        )
    except IntegrityError:
        raise rules.ReturnRefused(
            "A colleague has made a code for them at this moment. Theirs is the one that works."
        ) from None
    _say(
        subject,
        "Somebody told us that your second step is lost. We made sure who they are, and gave them a code to use in its place. "
        "Sign in as you always do, and that code stops working",
        by=by,
        at=at,
    )
    return code


@act(Event.FACTORS_RESET, purpose=Purpose.ACCOUNT_SECURITY)
def come_back(subject: UUID, *, by: Actor, at: datetime, code: Returning) -> None:
    """
    Use the code: what was lost is taken away and every session ends. It is used once, whoever else tries at that moment.

    :raises UsedUp: it was used, called back, or is over.
    """
    acting().require(subject, Category.ACCOUNT)
    hold(subject)
    used = ReturnCode.objects.filter(subject_id=subject, pk=code.row, expires_at__gt=at).exclude(code_hash="")
    if not used.update(code_hash="", used_at=at):
        raise UsedUp("This code was used already, or is too old. Ask us for a new one.")
    _take_factors_away(subject)
    _say(
        subject,
        "The code that we gave out was used. What was lost is taken away, and a new second step can be set up",
        by=by,
        at=at,
    )
