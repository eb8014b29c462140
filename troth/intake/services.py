"""
Acts on questionnaires and answers.

Saving as one goes is one act for each page. What is kept is what fits the question: the rules are asked here, and a page that
asks them too only spares somebody the way back.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, require_role, touched_thing
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.intake import selectors
from troth.intake.models import Answer, Picture, Questionnaire, Response, ResponseStatus
from troth.intake.rules import NotPossible, answering
from troth.intake.rules.forms import Form, read
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category
from troth.vault.models import Subject
from troth.vault.uploads import SealedUpload

#: Of the kinds that a phone's camera makes and a browser can show.
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
LARGEST_PICTURE = 12 * 1024 * 1024
#: In one going through; a loop of saving must not fill the disk.
MOST_PICTURES = 30
MOST_ANSWERS = 1000


@act(Event.QUESTIONNAIRE_PUBLISHED, purpose=Purpose.ELIGIBILITY)
def publish_questionnaire(text: str, *, by: Actor, at: datetime) -> Form:
    """
    This will ask a new version from now on. Whoever has begun another goes on with that one.

    :raises Faulty: the file cannot be asked as it stands.
    :raises NotPossible: its version stands already, or nobody asks for a questionnaire of that name.
    :raises Refused: no role of the actor's writes health data for this.
    """
    require_role(Category.HEALTH)
    form = read(text)
    if form.key not in {each.asks for each in selectors.treatments().values()}:
        raise NotPossible(f"No treatment asks a questionnaire called “{form.key}”.")
    if any(line.form.version == form.version for line in selectors.list_versions(form.key)):
        raise NotPossible(f"Version {form.version} stands already. Give the new one another number.")
    _keep(form, text, by=by, at=at)
    return form


@act(Event.ANSWERS_STARTED, purpose=Purpose.ELIGIBILITY)
def start_answers(subject: UUID, treatment: str, *, by: Actor, at: datetime) -> UUID:
    """
    This will begin the answers for a treatment, or give back those that were begun and not sent.

    :raises NotPossible: there is no such treatment, or the clinic does not offer it now.
    :raises Refused: the actor may not write health data of this person.
    """
    wanted = selectors.get_treatment(treatment)
    if wanted is None:
        raise NotPossible("There is no treatment of that name.")
    acting().require(subject, Category.HEALTH)
    # The person is held against a second tab: two beginnings would be two sets of answers to one thing.
    Subject.objects.select_for_update().filter(pk=subject).first()
    with processing(acting().purpose, by=by, at=at):
        for row in Response.objects.filter(subject_id=subject, status=ResponseStatus.ANSWERING):
            if row.treatment == treatment:
                found: UUID = row.pk
                return found
    if not selectors.is_offered(wanted):
        raise NotPossible("We do not offer this treatment at the moment.")
    form, text = selectors.newest(wanted.asks)
    if not Questionnaire.objects.filter(key=form.key, version=form.version).exists():
        _keep(form, text, by=by, at=at)
    made = Response.objects.create(
        subject_id=subject,
        status=ResponseStatus.ANSWERING,
        started_at=at,
        treatment=treatment,
        form=form.key,
        version=form.version,
    )
    return made.pk


@act(Event.ANSWERS_SAVED, purpose=(Purpose.ELIGIBILITY, Purpose.PRESCRIBING))
def save_answers(response: UUID, given: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """
    This will keep what was answered, each with its moment. What is the same as before is not written again.

    :raises NotPossible: an answer does not fit its question, or they were sent.
    :raises Refused: the actor may not write health data of this person.
    """
    row = _locked(response)
    if row.status != ResponseStatus.ANSWERING:
        raise NotPossible("These answers were sent, or not gone on with.")
    _write(row, given, by=by, at=at)


@act(Event.ANSWERS_CHANGED, purpose=(Purpose.ELIGIBILITY, Purpose.PRESCRIBING))
def change_answers(response: UUID, given: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """
    This will put later answers beside those that were sent. The room of requests asks first whether it is still open.

    :raises NotPossible: an answer does not fit its question, or they were not sent.
    :raises Refused: the actor may not write health data of this person.
    """
    row = _locked(response)
    if row.status != ResponseStatus.SENT:
        raise NotPossible("These answers were not sent yet.")
    _write(row, given, by=by, at=at)


@act(Event.ANSWERS_CONFIRMED, purpose=(Purpose.ELIGIBILITY, Purpose.PRESCRIBING))
def confirm_answers(response: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will keep that all that was sent still holds, as it stands now. The room of requests asks first whether it is still open.

    :raises NotPossible: they were not sent, or what was changed since brings a question that is not answered.
    :raises Refused: the actor may not write health data of this person.
    """
    row = _locked(response)
    if row.status != ResponseStatus.SENT:
        raise NotPossible("These answers were not sent yet.")
    _check_complete(_sheet(row, by, at))
    row.confirmed_at = at
    row.save()


@act(Event.ANSWERS_LEFT, purpose=Purpose.ELIGIBILITY)
def leave_answers(response: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will end answers that were not sent. What was answered stays, and counts for nothing.

    :raises NotPossible: they were sent.
    :raises Refused: the actor may not write health data of this person.
    """
    row = _locked(response)
    if row.status != ResponseStatus.ANSWERING:
        raise NotPossible("These answers were sent, or left already.")
    row.status = ResponseStatus.LEFT
    row.save()


@act(Event.ANSWERS_SENT, purpose=Purpose.ELIGIBILITY)
def send_answers(response: UUID, *, by: Actor, at: datetime) -> selectors.Sheet:
    """
    This will end the answering: everything that is asked was answered.

    :raises NotPossible: something is missing, or they were sent already.
    :raises Refused: the actor may not write health data of this person.
    """
    row = _locked(response)
    if row.status != ResponseStatus.ANSWERING:
        raise NotPossible("These answers were sent already.")
    sheet = _sheet(row, by, at)
    _check_complete(sheet)
    row.status, row.sent_at = ResponseStatus.SENT, at
    row.save()
    return replace(sheet, status=ResponseStatus.SENT, sent_at=at, confirmed_at=at)


def _check_complete(sheet: selectors.Sheet) -> None:
    """
    Refuse what lacks an answer.

    :raises NotPossible: the first question that is not answered.
    """
    lacking = answering.missing(sheet.form, sheet.answers)
    if lacking:
        first = next(iter(lacking.values()))[0]
        raise NotPossible(f"Something is not answered yet: “{first.text}”")


def _keep(form: Form, text: str, *, by: Actor, at: datetime) -> None:
    """Write a version down, so that what was asked stays readable when the system has moved on."""
    Questionnaire.objects.create(
        key=form.key,
        version=form.version,
        text=text,
        digest=form.digest,
        published_at=at,
        published_by=by.reference if by.roles else "service:shipped",
    )
    touched_thing(f"intake.questionnaire/{form.key}/{form.digest}")


def _sheet(row: Response, by: Actor, at: datetime) -> selectors.Sheet:
    """The answers as they stand. An act only writes, so they are read in a context of their own."""
    with processing(acting().purpose, by=by, at=at):
        return selectors.sheet_of(row)


def _locked(response: UUID) -> Response:
    """The answers, held against a second hand, when the gate lets the actor at this person's health data."""
    row: Response | None = Response.objects.select_for_update().filter(pk=response).first()
    acting().require(row.subject_id if row else response, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return row


def _check_own_picture(row: Response, picture: str) -> None:
    """
    Refuse somebody else's picture as an answer.

    :raises NotPossible: it belongs to other answers.
    """
    if not Picture.objects.filter(pk=picture, response=row).exists():
        raise NotPossible("Choose a picture.")


def _keep_picture(row: Response, upload: SealedUpload) -> str:
    """
    Keep a picture, sealed as it arrived, and give the value that answers the question with it.

    :raises NotPossible: it is not a picture that a browser shows, too large, or one too many.
    """
    first = next(iter(upload.chunks()), b"")
    kind = next((kind for magic, kind in PICTURES.items() if first.startswith(magic)), None)
    if kind is None:
        raise NotPossible("Choose a picture in JPEG or PNG.")
    if (upload.size or 0) > LARGEST_PICTURE:
        raise NotPossible("The picture is larger than 12 MB. Choose a smaller one.")
    if Picture.objects.filter(response=row).count() >= MOST_PICTURES:
        raise NotPossible("There are too many pictures already. Write to us instead.")
    made = Picture.objects.create(subject_id=row.subject_id, response=row, file=upload.stored)
    upload.kept = True
    return made.pk.hex


def _write(row: Response, given: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """
    Keep what differs from what stands, each with its moment and who gave it.

    :raises NotPossible: an answer does not fit its question.
    """
    sheet = _sheet(row, by, at)
    items = sheet.form.items
    stopped = any(rule.effect == "stop" for rule in answering.fired(sheet.form, sheet.answers))
    number = Answer.objects.filter(response=row).count()
    if number + len(given) > MOST_ANSWERS:
        raise NotPossible("These answers were changed too often. Write to us instead.")
    inner = {each.id for item in items.values() for each in item.items}
    for key, value in given.items():
        item = items.get(key)
        if item is None or key in inner:
            raise NotPossible("This questionnaire has no such question.")
        if item.type == "attachment" and isinstance(value, SealedUpload):
            value = _keep_picture(row, value)
        kept = answering.check_answer(item, value)
        if item.type == "attachment" and kept is not None:
            _check_own_picture(row, kept)
        if kept == sheet.answers.get(key):
            continue
        number += 1
        Answer.objects.create(
            subject_id=row.subject_id,
            response=row,
            number=number,
            given_at=at,
            item=key,
            value=kept,
            source="person" if by.id == row.subject_id else "clinic",
            after_stop=stopped,
        )
