"""What notes ask, and what consents and letters say. About nobody: a version is never changed, another follows it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.vault.words import Worded


class TemplateKind(Worded):
    """What is written with a template."""

    NOTE = "note", "Notes"
    CONSENT = "consent", "Treatment consents"
    LETTER = "letter", "Letters"


class Template(models.Model):
    """
    One version of a template. `body` is, of a note, a line for each question (`rules.templates.read`); of a consent or a letter,
    its words, with an empty line between paragraphs.

    The newest version of a key counts; it is offered for what is new unless it is `closed`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=7, choices=[(each.value, each.words) for each in TemplateKind])
    key = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    body = models.TextField()
    closed = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    published_by = models.UUIDField()

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; about whom something was written with it stands nowhere in the clear",
        "kind": "a word of a closed list",
        "key": "the name of a template, about nobody",
        "version": "a number",
        "title": "the name of a kind of note, consent or letter, about nobody",
        "body": "what everybody is asked or told alike, about nobody",
        "closed": "whether it is offered for what is new",
        "published_at": "the moment of an act of staff, which the ledger holds as well",
        "published_by": "a random identifier of a member of staff",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "version"], name="template_version_once")]

    def __str__(self) -> str:
        return f"template {self.pk.hex[:8]}"
