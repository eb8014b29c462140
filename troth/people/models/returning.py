"""The way back in for a person who lost every second factor: a code from our hands, once somebody made sure who they are."""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded

RETURNS = compartments.declare("people.returns", Category.IDENTITY, retention="care_record")


class Recognised(Worded):
    """How a member of staff made sure that somebody who asks for a way back is who they say."""

    DOCUMENT = "document", "They are here, with an identity document that fits their record"
    CALLED_BACK = "called_back", "I rang the number that we hold, and they confirmed what stands in their record"
    BY_POST = "by_post", "The code goes by post to the address that we hold, in a sealed envelope"


class ReturnCode(Holding):
    """A code that stands in for a lost second factor, once. The code itself is stored nowhere; how it came to be given stays."""

    code_hash = models.CharField(max_length=64, blank=True, default="")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    made_sure = SealedChoice(RETURNS, of=Recognised, id="people.return_code.made_sure")
    reason = SealedText(RETURNS, id="people.return_code.reason")

    called = "way back into your account"
    labels: ClassVar[dict[str, str]] = {
        "expires_at": "over on",
        "used_at": "used on",
        "made_sure": "how we made sure that it was you",
        "reason": "what happened",
    }
    open_fields: ClassVar[dict[str, str]] = {
        "code_hash": "a keyed hash of a random code, bound to the person; empty once it is used or called back",
        "expires_at": "when it is over",
        "used_at": "when it was used; the ledger holds it in the open as well",
    }
    not_copied: ClassVar[dict[str, str]] = {"code_hash": "A number by which our machines know the code again"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=~models.Q(code_hash=""), name="one_open_return_code_a_person"
            )
        ]
