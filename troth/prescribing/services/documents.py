"""
Acts on documents by which people show who they are. A member of staff decides, and no machine; the picture is destroyed after it.

That the same document was shown from another account is for whoever decides: the person is never told of it.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from troth.copies.disposing import dispose_rows
from troth.gate import actors, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.contexts import processing
from troth.gate.refusals import Refused, nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.prescribing import rules
from troth.prescribing.models import CheckState, DocumentKind, DocumentPicture, IdentityCheck, Verified
from troth.prescribing.rules import documents
from troth.prescribing.rules.machine import IDENTITY, Step
from troth.prescribing.selectors import identifying
from troth.prescribing.services.alerting import _tell
from troth.records.rules import NotPossible as NoPicture
from troth.records.rules.pictures import LARGEST, make_anew
from troth.vault import files, search, secrets
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload
from troth.work.each import do_for_each

FOR = Purpose.IDENTITY_CHECK
#: The notice says within a day of the check: half of one, so that a worker that stood still for a night does not break it.
KEPT_AFTER = timedelta(hours=12)
#: What nobody looked at by then is not kept for it: the person is asked anew.
WAITS = timedelta(days=14)
_MARKS = search.exact("prescribing.document")


@act(Event.DOCUMENT_SENT, purpose=FOR)
def send_document(
    subject: UUID, *, kind: DocumentKind, typed: str, upload: SealedUpload, by: Actor, at: datetime
) -> tuple[documents.Fault, ...]:
    """
    This will keep the picture of a document, made anew, until somebody has looked at it. Gives what in it does not fit the record.

    :raises NotPossible: what was typed is not as on such a document, it is no picture, or one waits already.
    :raises Refused: the actor may not write this about the person.
    """
    acting().require(subject, Category.IDENTITY, Category.IDENTITY_DOCUMENT)
    rules.check_is_own(subject=subject, by=by.id)
    today = timezone.localdate(at)
    paper = documents.read_document(kind, typed, today=today)
    if upload.stored.size > LARGEST:
        raise rules.NotPossible("The picture is larger than 25 MB. Take it again in a smaller size.")
    hold(subject)  # against a second press
    with processing(FOR, Action.READ, by=by, at=at) as opened:
        who = people.get_identity(subject, opened)
        rules.check_can_show(
            waits=IdentityCheck.objects.filter(subject_id=subject, state=CheckState.SENT).exists(),
            found=identifying.found_of(subject, opened),
        )
    if who is None:
        raise rules.NotPossible("There is nothing on your record to compare it with. Ask us.")
    faults = documents.compare(
        paper, kind, given=who.given_name, family=who.family_name, born_on=who.born_on, today=today
    )
    mark = _mark_of(kind, paper.number)
    same = sorted(
        {other.hex for other, _ in search.candidates(_MARKS, mark)}
        - {each.hex for each in linking.subjects_of(subject, at=at)}
    )
    check = IdentityCheck.objects.create(
        subject_id=subject,
        state=CheckState.SENT,
        sent_at=at,
        kind=kind,
        mark=mark,
        reading={"faults": [fault.value for fault in faults]},
        result=Verified.IN_PROGRESS,
        words="",
        same_as=same,
        same_words="",
    )
    try:
        made = make_anew(upload.read())
    except NoPicture as why:
        raise rules.NotPossible(str(why)) from None
    stored = files.store([made.whole], name="document.jpg", media_type="image/jpeg")
    try:
        DocumentPicture.objects.create(
            subject_id=subject, check_of_id=check.pk, typed=documents.as_typed(paper), file=stored
        )
    except BaseException:
        files.destroy(stored.place)
        raise
    return faults


@act(Event.DOCUMENT_LOOKED_AT, purpose=FOR)
def decide_document(
    check: UUID, *, result: Verified, words: str, of_others: str = "", by: Actor, at: datetime
) -> None:
    """
    This will record what somebody saw when they looked at a document. Where it does not fit the record a sentence says why they
    find so all the same; where it stands under another account, `of_others` does, which the person never reads.

    :raises NotPossible: it was looked at, the person looks at their own, or nothing is said.
    :raises Refused: the actor may not write this about the person.
    """
    row: IdentityCheck | None = IdentityCheck.objects.select_for_update().filter(pk=check).first()
    acting().require(row.subject_id if row else check, Category.IDENTITY, Category.IDENTITY_DOCUMENT)
    if row is None:
        raise nothing_there()
    rules.check_is_staff(subject=row.subject_id, by=by.id)
    if row.state != CheckState.SENT:
        raise rules.NotPossible("Somebody looked at this already, or the person took it back.")
    with processing(FOR, Action.READ, by=by, at=at):
        doubtful, shared = bool((row.reading or {}).get("faults")), bool(row.same_as)
    rules.check_can_judge(result=result, words=words, doubtful=doubtful)
    rules.check_says_of_others(of_others, shared=shared)
    row.state = rules.step(IDENTITY, row.state, Step.JUDGE)
    row.decided_at, row.result, row.words = at, result, words.strip()
    row.same_words = of_others.strip() if shared else ""
    row.save()
    _tell(row.subject_id, by=by, at=at)


@act(Event.DOCUMENT_LEFT, purpose=FOR)
def take_document_back(check: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will end a check for the person who sent the document: nobody looks at it, and the picture is destroyed.

    :raises NotPossible: it was looked at, or it is somebody else's.
    :raises Refused: the actor may not write this about the person.
    """
    row: IdentityCheck | None = IdentityCheck.objects.select_for_update().filter(pk=check).first()
    acting().require(row.subject_id if row else check, Category.IDENTITY)
    if row is None:
        raise nothing_there()
    rules.check_is_own(subject=row.subject_id, by=by.id)
    if row.state != CheckState.SENT:
        raise rules.NotPossible("It was looked at already.")
    row.state = rules.step(IDENTITY, row.state, Step.TAKE_BACK)
    row.decided_at, row.result = at, Verified.NONE
    row.save()


def _destroy_documents(*, at: datetime) -> int:
    """
    Let lapse what nobody looked at, and destroy every picture whose check is over. Gives how many went.

    :raises ExceptionGroup: it failed for some; the others went.
    """
    by, gone = actors.service("document-disposal"), [0]
    waited = IdentityCheck.objects.filter(state=CheckState.SENT, sent_at__lt=at - WAITS).values_list("pk", flat=True)

    def destroy(picture: UUID) -> None:
        gone[0] += _destroy(picture, by=by, at=at)

    try:
        do_for_each(list(waited), lambda check: _lapse(check, by=by, at=at))
    finally:
        # Whose data may not be used keeps the picture until it may: destroying is a use too (LAW-3.6).
        do_for_each(identifying.pictures_to_go(before=at - KEPT_AFTER), destroy, leaving=(Refused,))
    return gone[0]


@act(Event.DOCUMENT_LEFT, purpose=FOR, unasked="what waited too long ends, and is opened by nobody")
def _lapse(check: UUID, *, by: Actor, at: datetime) -> None:
    row = IdentityCheck.objects.select_for_update().get(pk=check)
    if row.state == CheckState.SENT:
        row.state, row.decided_at = rules.step(IDENTITY, row.state, Step.LAPSE), at
        row.save(update_fields=["state", "decided_at"])


@act(Event.DOCUMENT_DESTROYED, purpose=FOR, action=Action.WRITE)
def _destroy(picture: UUID, *, by: Actor, at: datetime) -> int:
    row: DocumentPicture | None = DocumentPicture.objects.select_for_update().filter(pk=picture).first()
    if row is None:  # another worker was quicker
        return 0
    acting().require(row.subject_id, Category.IDENTITY_DOCUMENT)
    with processing(FOR, Action.READ, by=by, at=at):
        place = row.file.place if row.file else ""
    dispose_rows([row], at=at)
    if place:  # the key is gone with the row; what lies there opens no more
        transaction.on_commit(lambda: files.destroy(place))
    return 1


def _mark_of(kind: DocumentKind, number: str) -> str:
    """A keyed hash of a document's number: nobody can find the number from it, also not by trying them all."""
    key = secrets.opened().named("documents")
    return hmac.digest(key, f"{kind.value}|{number}".encode(), hashlib.sha256).hex()


# One act for each picture, so that a stop in the middle loses none.
destroy_documents = _destroy_documents
