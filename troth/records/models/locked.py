"""
Genes, biometrics and ethnic origin: locked, until a service says that it needs one of them and why (KL-1.13).

A `Need` is about nobody. What is recorded names the service that needed it, so that nothing lies here that nothing asked for.
"""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.records.models.bases import RELEASE_OPEN, ClinicalHolding, Source
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedText

GENES = compartments.declare("records.genetic", Category.GENETIC, retention="care_record")
BIOMETRICS = compartments.declare("records.biometric", Category.BIOMETRIC, retention="care_record")
ORIGINS = compartments.declare("records.ethnic", Category.ETHNIC, retention="care_record")

_WORDED = ((Category.GENETIC, "Genes"), (Category.BIOMETRIC, "Biometrics"), (Category.ETHNIC, "Ethnic origin"))
#: What pages call each kind.
NAMES: Mapping[Category, str] = dict(_WORDED)


class Need(models.Model):
    """That a service needs a locked kind of data, and why. One stands for a service and kind at a time; an ended one is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    service = models.ForeignKey("diary.Service", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=9, choices=[(each.value, words) for each, words in _WORDED])
    why = models.CharField(max_length=300)
    since = models.DateTimeField()
    declared_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; about whom something was recorded for it stands nowhere in the clear",
        "service_id": "something that the clinic offers, about nobody",
        "category": "a word of the vocabulary of kinds of data",
        "why": "why a treatment needs it, about nobody",
        "since": "the moment of an act of staff, which the ledger holds as well",
        "declared_by": "a random identifier of a member of staff",
        "ended_at": "the moment of an act of staff, which the ledger holds as well",
        "ended_by": "a random identifier of a member of staff",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "category"], condition=models.Q(ended_at=None), name="one_need_of_a_service"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="need_is_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"need {self.pk.hex[:8]}"


class LockedHolding(ClinicalHolding):
    """The base of what is locked: what was found, how the clinic knows, and for which need it was recorded."""

    need = models.UUIDField()

    open_fields: ClassVar[dict[str, str]] = {
        **RELEASE_OPEN,
        "need": "the random identifier of a need, by which it is shown that nothing was recorded without one",
    }

    class Meta(ClinicalHolding.Meta):
        abstract = True


class GeneticFinding(LockedHolding):
    """Something of somebody's genes that a treatment depends on (FHIR Observation)."""

    called = "finding about your genes"
    labels: ClassVar[dict[str, str]] = {"words": "what was found"}

    words = SealedText(GENES, id="records.genetic.words")
    source = SealedChoice(GENES, of=Source, id="records.genetic.source")


class BiometricFinding(LockedHolding):
    """A measure by which somebody can be told from everybody else (FHIR Observation)."""

    called = "biometric measure of you"
    labels: ClassVar[dict[str, str]] = {"words": "what was measured"}

    words = SealedText(BIOMETRICS, id="records.biometric.words")
    source = SealedChoice(BIOMETRICS, of=Source, id="records.biometric.source")


class EthnicOrigin(LockedHolding):
    """Where somebody's family comes from, as they say it themselves (FHIR Observation)."""

    called = "ethnic origin"
    labels: ClassVar[dict[str, str]] = {"words": "where your family comes from"}

    words = SealedText(ORIGINS, id="records.ethnic.words")
    source = SealedChoice(ORIGINS, of=Source, id="records.ethnic.source")


LOCKED_TABLES: Mapping[Category, type[LockedHolding]] = {
    Category.GENETIC: GeneticFinding,
    Category.BIOMETRIC: BiometricFinding,
    Category.ETHNIC: EthnicOrigin,
}
