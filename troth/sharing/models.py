"""What was passed to somebody outside. Who it was and what kinds went is open, in codes of the notice; what it was is sealed."""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.models import Holding

DISCLOSURES = compartments.declare("sharing.disclosures", Category.RIGHTS, retention="rights_file")


class Disclosure(Holding):
    """One handing over of one person's data to one recipient, for one purpose of the notice."""

    called = "what we passed on about you"
    labels: ClassVar[dict[str, str]] = {"what": "what it was", "named": "whom you chose"}

    recipient = models.CharField(max_length=60)
    purpose = models.CharField(max_length=40)
    categories = models.CharField(max_length=300)
    disclosed_at = models.DateTimeField()
    chosen = models.BooleanField(default=False)
    what = SealedText(DISCLOSURES, id="sharing.disclosure.what")
    named = SealedText(DISCLOSURES, id="sharing.disclosure.named")

    open_fields: ClassVar[dict[str, str]] = {
        "recipient": "the id of a recipient in the notice, or `partner:` and one of the operator's list of clinics; nobody's name",
        "purpose": "a code of the vocabulary of purposes",
        "categories": "codes of the vocabulary of categories, of which something went",
        "chosen": "whether the person named whom it goes to, so that the notice need not: how handings over are counted",
        "disclosed_at": "when it went; the ledger holds it in the open as well",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["subject", "disclosed_at"], name="disclosure_by_person")]
