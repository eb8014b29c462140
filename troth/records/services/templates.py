"""Acts on templates. They are about nobody; what is written with one keeps its words, whatever follows."""

from datetime import datetime

from django.db import IntegrityError

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched_thing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records.models import Template, TemplateKind
from troth.records.rules import NotPossible
from troth.records.rules.templates import check_keeps, check_template, key_of
from troth.records.selectors.templates import list_templates

#: Of these the first that the keeper's role may serve: a clinician writes for care, an administrator keeps the clinic's settings.
KEEPING = (Purpose.CARE, Purpose.MEDICAL_REPORTING, Purpose.STAFF)
MEANWHILE = "Somebody published another version meanwhile. Read that one first; what you wrote still stands below."
TAKEN = "There is one of that name already. Change that one, or choose another name."


@act(Event.TEMPLATE_PUBLISHED, purpose=KEEPING)
def publish_template(
    kind: TemplateKind,
    *,
    title: str,
    body: str,
    key: str = "",
    read: int | None = None,
    closed: bool = False,
    by: Actor,
    at: datetime,
) -> Template:
    """
    This will publish a template, or with its `key` another version of it, which counts from now on. `read` is the version that its
    writer had before them, and goes with a `key`: who wrote another meanwhile is not passed over.

    :raises NotPossible: it cannot be used as it stands, its name is taken, it was changed meanwhile, or the actor keeps none.
    """
    check_keeps(by.roles, acting().register)
    assert by.id is not None
    check_template(kind, title, body)
    newest = Template.objects.select_for_update().filter(kind=kind, key=key).order_by("-version").first()
    if key and newest is None:
        raise NotPossible("There is no such template.")
    if newest is not None and newest.version != read:
        raise NotPossible(MEANWHILE)
    if newest is None:
        others = list_templates(kind, closed=True)
        if any(line.title.casefold() == title.strip().casefold() for line in others):
            raise NotPossible(TAKEN)
        key = key_of(title, taken={line.key for line in others})
    try:
        made = Template.objects.create(
            kind=kind,
            key=key,
            version=newest.version + 1 if newest else 1,
            title=title.strip(),
            body=body.strip(),
            closed=closed,
            published_at=at,
            published_by=by.id,
        )
    except IntegrityError:  # two at once: the later one wrote without having read the other's
        raise NotPossible(MEANWHILE if newest else TAKEN) from None
    touched_thing(f"records.template/{made.pk.hex}")
    return made
