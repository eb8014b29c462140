"""Who waits for a time, and the one that is offered to them."""

from typing import ClassVar

from django.db import models

from troth.diary.models.visits import VISITS
from troth.vault.fields import SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded


class WishState(Worded):
    """Where somebody stands who waits for a time."""

    WAITING = "waiting", "waiting"
    OFFERED = "offered", "a time is offered"
    BOOKED = "booked", "booked"
    ENDED = "ended", "taken off"


class Wish(Holding):
    """
    Somebody's place on the waiting list of a service. `since`: their place in it, which moves to the end when an offer was let
    pass; `after`: only later times are offered, since an earlier one was let pass. What is offered is held under `pending`, the
    number that its visit will have.
    """

    service = SealedText(VISITS, id="diary.wish.service")
    service_mark = models.UUIDField()
    practitioner = models.UUIDField(null=True)
    first_on = models.DateField()
    last_on = models.DateField()
    state = models.CharField(
        max_length=7, choices=[(item.value, item.words) for item in WishState], default=WishState.WAITING.value
    )
    since = models.DateTimeField()
    after = models.DateTimeField(null=True)
    pending = models.UUIDField(null=True, unique=True)
    offered_with = models.UUIDField(null=True)
    offered_at = models.DateTimeField(null=True)
    offered_until = models.DateTimeField(null=True)
    link_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)

    called = "place on a waiting list"
    labels: ClassVar[dict[str, str]] = {"service": "what for"}
    open_fields: ClassVar[dict[str, str]] = {
        "service_mark": "a keyed hash of a service, by which those who wait for it are found; nobody gets the service from it",
        "practitioner": "a random identifier: with whom, where that matters to them",
        "first_on": "the first day that suits them: what is free then is looked for",
        "last_on": "the last day that suits them",
        "state": "what is still to be done is found by it; it says nothing of health",
        "since": "their place in the list",
        "after": "the beginning before which nothing more is offered to them",
        "pending": "a random identifier: the number of the visit that it would be",
        "offered_with": "a random identifier of a practitioner",
        "offered_at": "when the time that is offered begins, as that of a visit",
        "offered_until": "until when it is theirs to take",
        "link_hash": "SHA-256 of an HMAC under a key of this server: nobody gets the link from it without that key",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "service_mark", "since"], name="wish_by_place")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="wish_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="offered") | models.Q(pending__isnull=False, offered_until__isnull=False),
                name="an_offer_is_of_a_time_with_an_end",
            ),
            models.UniqueConstraint(
                fields=["subject", "service_mark"],
                condition=models.Q(state__in=["waiting", "offered"]),
                name="one_place_a_person_on_a_list",
            ),
        ]
