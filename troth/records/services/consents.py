"""Acts on consents to a treatment: signed by the person, here or in their account, and taken back as easily."""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records.models import Release, Template, TemplateKind, TreatmentConsent
from troth.records.models.consents import SignedHow
from troth.records.rules import NotPossible
from troth.records.rules.strokes import SIGNATURE_HEIGHT, read
from troth.vault.categories import Category

FOR = (Purpose.CARE, Purpose.MEDICAL_REPORTING)


@act(Event.TREATMENT_AGREED, purpose=FOR)
def sign_consent(
    subject: UUID,
    *,
    key: str,
    version: int,
    ticked: str,
    name: str,
    drawn: str,
    consent: UUID,
    by: Actor,
    at: datetime,
) -> TreatmentConsent:
    """
    This will keep what a person signed before a treatment, with the words as they stand now. `version` is the one that was read,
    and `ticked` the sentence that they ticked under it; `drawn` is the signature as lines, or empty; `consent` is the identifier
    that the page was given, so that what is sent twice stands once.

    :raises NotPossible: nobody signed, the words were changed since they were read, or it stands already.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    acting().require(subject, Category.HEALTH)
    if not name.strip():
        raise NotPossible("Whoever agrees types their full name.")
    if not ticked.strip():
        raise NotPossible("Whoever agrees ticks the sentence that says so.")
    newest = Template.objects.filter(kind=TemplateKind.CONSENT, key=key).order_by("-version").first()
    if newest is None or newest.closed:
        raise NotPossible("There is no such form any more.")
    if newest.version != version:
        raise NotPossible(
            "The words were changed since you opened this page. Read them as they stand now, and sign those."
        )
    hold(subject)
    if TreatmentConsent.objects.filter(pk=consent).exists():
        raise NotPossible("It is signed already. You find it on the card.")
    return TreatmentConsent.objects.create(
        pk=consent,
        subject_id=subject,
        signed_at=at,
        title=newest.title,
        form=f"{newest.key}/{newest.version}",
        words=newest.body,
        ticked=ticked.strip(),
        name=name.strip(),
        strokes=read(drawn, height=SIGNATURE_HEIGHT),
        how=SignedHow.ACCOUNT if by.id == subject else SignedHow.CLINIC,
        # They signed it themselves, so no opinion is needed before they get a copy of it.
        release=Release.RELEASED,
    )


@act(Event.TREATMENT_TAKEN_BACK, purpose=FOR)
def take_back_consent(consent: UUID, *, because: str, by: Actor, at: datetime) -> None:
    """
    This will note that a person took a consent to a treatment back. What was done before stays lawful (LAW-3.13).

    :raises NotPossible: it was taken back already.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    row = TreatmentConsent.objects.select_for_update().filter(pk=consent).first()
    acting().require(row.subject_id if row else consent, Category.HEALTH)
    if row is None:
        raise nothing_there()
    if row.withdrawn_at is not None:
        raise NotPossible("It was taken back already.")
    row.withdrawn_at, row.back_because = at, because.strip()
    row.save()
