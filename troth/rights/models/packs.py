"""
Answering a request for a copy: what was decided about each entry, where was looked, the opinion of a health professional, and the
pack itself, which is gone when it has run out. What shows how the request was answered outlives the pack.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from troth.law.exemptions import Exemption
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.compartments import Per
from troth.vault.fields import SealedChoice, SealedInteger, SealedJSON, SealedText
from troth.vault.files import SealedFile
from troth.vault.models import Holding

#: A copy of everything, so each lies under a key of its own, and none outlives an erasure or its last day (`rules.COPIES`).
PACKS = compartments.declare("rights.packs", Category.RIGHTS, retention="rights_file", per=Per.ROW)
ANSWERS = compartments.declare("rights.answers", Category.RIGHTS, retention="rights_file", per=Per.ROW)
#: It says something of somebody's health, and is written and read by those who may see that.
OPINIONS = compartments.declare("rights.opinions", Category.HEALTH, retention="rights_file", per=Per.ROW)


class PackState(StrEnum):
    """Where a pack is in its life. Only a released one is fetched."""

    REVIEW = "review"
    BUILDING = "building"
    READY = "ready"
    RELEASED = "released"
    OVER = "over"


class AccessPack(Holding):
    """
    The copy that answers a case: everything recorded before `as_of`. `done` of `total` steps of its building are over.

    `content` is what the building found: counts, the digest, and every fault that keeps it from being released.
    """

    case = models.ForeignKey("rights.RightsCase", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in PackState], default=PackState.REVIEW
    )
    as_of = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    released_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    #: Who may fetch it, where it is of somebody who died and they have an account here.
    applicant = models.UUIDField(null=True)
    file = SealedFile(PACKS, id="rights.pack.file")
    content = SealedJSON(PACKS, id="rights.pack.content")
    fee = SealedInteger(PACKS, id="rights.pack.fee")  # pence, for an extra copy (LAW-1.16)

    open_fields: ClassVar[dict[str, str]] = {
        "case_id": "the random identifier of the request it answers",
        "state": "one of five words, for the list of work",
        "as_of": "the moment that the copy was begun; it holds what was recorded before",
        "done": "how many steps of its building are over",
        "total": "how many there are",
        "released_at": "a moment that the ledger holds in the open as well",
        "expires_at": "the moment from which it can no longer be fetched, so that the clean-up finds it",
        "delivered_at": "a moment that the ledger holds in the open as well",
        "applicant": "the random identifier of somebody who applied for the record of somebody who died",
    }
    called = "copy we made for you"
    not_copied: ClassVar[dict[str, str]] = {
        "file": "An earlier copy of the rest of what stands here",
        "content": "What the making of an earlier copy counted",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "expires_at"], name="pack_by_last_day")]


class PackPart(Holding):
    """One finished part of a pack that is being built, so that what was stopped goes on where it was. Gone when it is built."""

    pack = models.ForeignKey(AccessPack, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    file = SealedFile(PACKS, id="rights.pack_part.file")

    open_fields: ClassVar[dict[str, str]] = {
        "pack_id": "the random identifier of the pack it belongs to",
        "number": "its place among the parts",
    }
    called = "part of a copy that is being made"
    not_copied: ClassVar[dict[str, str]] = {"file": "A part of a copy of the rest of what stands here"}

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["pack", "number"], name="one_part_of_a_number")]


class PackDecision(Holding):
    """
    What was decided about one entry of a pack: it goes, or it is withheld by an exemption. `cuts` says what is removed from it.

    `item` is the entry's row, or the pack itself for what is removed wherever it stands.
    """

    RELEASE, WITHHOLD = "release", "withhold"

    pack = models.UUIDField()
    item = models.UUIDField()
    verdict = SealedText(ANSWERS, id="rights.pack_decision.verdict")
    exemption = SealedChoice(ANSWERS, id="rights.pack_decision.exemption", of=Exemption)
    cuts = SealedJSON(ANSWERS, id="rights.pack_decision.cuts")
    words = SealedText(ANSWERS, id="rights.pack_decision.words")
    needed_because = SealedText(ANSWERS, id="rights.pack_decision.needed_because")

    open_fields: ClassVar[dict[str, str]] = {
        "pack": "the random identifier of the pack; no key of the table, since it outlives the pack",
        "item": "the random identifier of the entry decided about",
    }
    called = "what we decided about an entry of your copy"
    labels: ClassVar[dict[str, str]] = {
        "verdict": "what was decided",
        "exemption": "by which exemption",
        "needed_because": "why later entries cannot be understood without it",
    }
    not_copied: ClassVar[dict[str, str]] = {
        "cuts": "It names what was removed, which is about somebody else",
        "words": "A note on how we weighed it, which may be about somebody else",
    }

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["pack", "item"], name="one_decision_an_entry")]


class SearchRecord(Holding):
    """Where was looked for somebody's data outside this system, by whom, and what was found (LAW-1.18)."""

    case = models.ForeignKey("rights.RightsCase", on_delete=models.PROTECT, related_name="+")
    place = SealedText(ANSWERS, id="rights.search.place")
    found = SealedText(ANSWERS, id="rights.search.found")

    open_fields: ClassVar[dict[str, str]] = {"case_id": "the random identifier of the request it belongs to"}
    called = "where we looked for your data"
    labels: ClassVar[dict[str, str]] = {"place": "where", "found": "what was found"}


class HarmOpinion(Holding):
    """
    What a health professional was asked and found: whether letting entries go could do serious harm (LAW-4.2 to LAW-4.6).

    `findings` has an entry's identifier and `no_harm` or `harm`. It stands for six months from `given_at`.
    """

    case = models.ForeignKey("rights.RightsCase", on_delete=models.PROTECT, related_name="+")
    asked_of = models.UUIDField()
    given_at = models.DateTimeField(null=True)
    question = SealedText(OPINIONS, id="rights.opinion.question")
    findings = SealedJSON(OPINIONS, id="rights.opinion.findings")
    words = SealedText(OPINIONS, id="rights.opinion.words")
    registration = SealedText(OPINIONS, id="rights.opinion.registration")

    open_fields: ClassVar[dict[str, str]] = {
        "case_id": "the random identifier of the request it belongs to",
        "asked_of": "a random identifier of a member of staff: the gate asks by it who has a reason to look",
        "given_at": "since when it stands, as it does so for six months only (LAW-4.4)",
    }
    called = "opinion on your copy by a health professional"
    not_copied: ClassVar[dict[str, str]] = {
        "question": "It may quote what the opinion is about",
        "findings": "It says of each entry whether you could be harmed by it; ask us, and a clinician tells you",
        "words": "It says why you or somebody else could be harmed; ask us, and a clinician tells you",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["asked_of", "given_at"], name="opinion_by_professional")]
