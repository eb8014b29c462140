"""Reading questionnaires and answers. Pages get plain values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from troth.billing import selectors as billing
from troth.gate.contexts import Opened
from troth.gate.refusals import nothing_there
from troth.intake.models import Answer, Picture, Questionnaire, Response, ResponseStatus
from troth.intake.rules import NotPossible, answering
from troth.intake.rules.forms import Faulty, Form, Item, read
from troth.intake.rules.suiting import Treatment, shipped_treatments
from troth.vault.categories import Category
from troth.vault.files import StoredFile

__all__ = [
    "Given",
    "Line",
    "Otherwise",
    "ResponseStatus",
    "Sheet",
    "VersionLine",
    "answered_otherwise",
    "count_answers",
    "faults_in_kept",
    "form_of",
    "get_sheet",
    "get_treatment",
    "is_offered",
    "last_confirmed",
    "list_sheets",
    "list_versions",
    "newest",
    "open_picture",
    "sheet_behind",
    "sheet_of",
    "shipped",
    "subject_of",
    "treatments",
]

#: How many earlier questionnaires for a treatment are compared with the one that is read.
MOST_EARLIER = 10
FOLDER = Path(__file__).parent / "questionnaires"


@dataclass(frozen=True)
class Given:
    """One answer at one moment, in words."""

    at: datetime
    words: str
    source: str
    after_stop: bool


@dataclass(frozen=True)
class Line:
    """One question as it stands: what counts now, and all that was answered before, the oldest first."""

    item: Item
    words: str
    value: Any
    page: str
    earlier: tuple[Given, ...] = ()

    @property
    def picture(self) -> UUID | None:
        """The picture that answers it, if one does."""
        return UUID(self.value) if self.item.type == "attachment" and self.value else None

    @property
    def changed(self) -> bool:
        """Whether it was answered more than once."""
        return len(self.earlier) > 1

    @property
    def changed_after_stop(self) -> bool:
        """Whether it was answered anew when a rule had stopped the request."""
        return self.changed and any(given.after_stop for given in self.earlier[1:])


@dataclass(frozen=True)
class Sheet:
    """One person's answers with the version that asked."""

    id: UUID
    subject: UUID
    status: ResponseStatus
    treatment: Treatment
    form: Form
    answers: dict[str, Any]
    lines: tuple[Line, ...]
    started_at: datetime
    sent_at: datetime | None
    answered_at: datetime  # the newest answer
    confirmed_at: datetime | None  # when they last said that all of it holds: as they sent it, or since


@dataclass(frozen=True)
class Otherwise:
    """A question that was answered otherwise before: what counts now, and each answer of then with whether it was ever sent."""

    item: Item
    words: str
    before: tuple[tuple[Given, bool], ...]  # the oldest first


@dataclass(frozen=True)
class VersionLine:
    """One version of a questionnaire: when it was published and by whom."""

    form: Form
    published_at: datetime | None  # None: as shipped
    published_by: str


def get_treatment(name: str) -> Treatment | None:
    """One treatment, or None."""
    return treatments().get(name)


def is_offered(treatment: Treatment) -> bool:
    """Whether the clinic offers a treatment now: it does not where it has taken the line of that title off its price list."""
    return billing.price_of(treatment.title) is not None or not billing.is_taken_off(treatment.title)


@lru_cache(maxsize=1)
def treatments() -> dict[str, Treatment]:
    """The treatments that can be asked for, in the order of their file."""
    return shipped_treatments()


@lru_cache(maxsize=1)
def shipped() -> dict[str, tuple[Form, str]]:
    """The questionnaires that come with the system, with their text."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.json"))]
    return {form.key: (form, text) for text in texts for form in (read(text),)}


@lru_cache(maxsize=64)
def _form_of(text: str) -> Form:
    return read(text)


def newest(key: str) -> tuple[Form, str]:
    """
    The version that is asked now, with its text: the newest published, else the one that came with the system.

    :raises NotPossible: there is no such questionnaire.
    """
    row = Questionnaire.objects.filter(key=key).order_by("-published_at").first()
    if row is not None:
        return _form_of(row.text), row.text
    if key not in shipped():
        raise NotPossible("There is no questionnaire of that name.")
    return shipped()[key]


def list_versions(key: str) -> list[VersionLine]:
    """Every version that is kept, the newest first; the shipped one last where it was never asked."""
    rows = [
        VersionLine(_form_of(row.text), row.published_at, row.published_by)
        for row in Questionnaire.objects.filter(key=key).order_by("-published_at")
    ]
    if key in shipped() and all(row.form.digest != shipped()[key][0].digest for row in rows):
        rows.append(VersionLine(shipped()[key][0], None, ""))
    return rows


def form_of(key: str, version: str) -> Form:
    """The version that somebody answered. It was kept when they began."""
    return _form_of(Questionnaire.objects.get(key=key, version=version).text)


def count_answers(response: UUID) -> int:
    """How many answers were given, later ones too. Nothing is opened."""
    return Answer.objects.filter(response_id=response).count()


def treatments_of(responses: Collection[UUID]) -> dict[UUID, Treatment]:
    """
    Which treatment each of these is about, in one query. Call it in a context that holds for their persons.

    :raises Refused: one of them may not be opened.
    """
    return {row.pk: treatments()[row.treatment] for row in Response.objects.filter(pk__in=responses)}


def last_confirmed(responses: Iterable[UUID]) -> dict[UUID, datetime]:
    """
    When the person last said of each of these that all of it holds: as they sent it, or since. One answer that they changed says
    nothing of the others, so it does not count (decision 0309). Those that were not sent are absent. Nothing is opened.
    """
    rows = Response.objects.filter(pk__in=list(responses), sent_at__isnull=False)
    return {pk: confirmed or sent for pk, sent, confirmed in rows.values_list("pk", "sent_at", "confirmed_at")}


def faults_in_kept() -> list[str]:
    """What is wrong with the questionnaires that are asked or were: one that does not read, or is not what was published."""
    faults = []
    for row in Questionnaire.objects.all():
        try:
            same = read(row.text).digest == row.digest
        except Faulty:
            same = False
        if not same:
            faults.append(f"{row.key} {row.version}")
    return faults


def subject_of(response: UUID) -> UUID:
    """Whose answers these are; the identifier itself where there are none, so that the gate is asked about somebody."""
    found: UUID | None = Response.objects.filter(pk=response).values_list("subject_id", flat=True).first()
    return found or response


def get_sheet(response: UUID, opened: Opened) -> Sheet:
    """
    One person's answers, with the history of each.

    :raises Refused: the viewer may not see health data of this person for what the page is opened for.
    """
    row = Response.objects.filter(pk=response).first()
    opened.require(row.subject_id if row else response, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return sheet_of(row)


def sheet_behind(response: UUID) -> Sheet:
    """The answers behind something of which the gate has let the viewer at this person's health data."""
    return sheet_of(Response.objects.get(pk=response))


def sheet_of(row: Response) -> Sheet:
    """The answers of a row that the gate has let somebody at."""
    form = form_of(row.form, row.version)
    rows = Answer.objects.where("number", response_id=row.pk)
    answers: dict[str, Any] = {}
    history: dict[str, list[Given]] = {}
    items = form.items
    for each in rows:
        item = each.item
        answers[item] = each.value
        history.setdefault(item, []).append(
            Given(each.given_at, answering.said(items[item], each.value), each.source, bool(each.after_stop))
        )
    counts = answering.in_force(form, answers)
    lines = tuple(
        Line(
            item,
            answering.said(item, counts.get(item.id)),
            counts.get(item.id),
            page.title,
            tuple(history.get(item.id, ())),
        )
        for page in form.pages
        for item in answering.asked(form, page, answers)
    )
    treatment = treatments()[row.treatment]
    return Sheet(
        row.pk,
        row.subject_id,
        ResponseStatus(row.status),
        treatment,
        form,
        answers,
        lines,
        row.started_at,
        row.sent_at,
        max((each.given_at for each in rows), default=row.started_at),
        row.confirmed_at or row.sent_at,
    )


def answered_otherwise(sheet: Sheet) -> list[Otherwise]:
    """
    What somebody answered otherwise in earlier questionnaires for the same treatment, also in one that a rule had stopped and that
    they left: to begin anew hides nothing. For sheets that the gate has let the viewer at.
    """
    rows = Response.objects.filter(subject_id=sheet.subject, started_at__lt=sheet.started_at).order_by("-started_at")
    alike = (row for row in rows if row.treatment == sheet.treatment.id)
    earlier = [sheet_of(row) for row in islice(alike, MOST_EARLIER)]
    given = [
        (line.item.id, each, before.status is ResponseStatus.SENT)
        for before in reversed(earlier)
        for line in before.lines
        for each in line.earlier
    ]
    found = [
        Otherwise(
            line.item,
            line.words,
            tuple((each, sent) for item, each, sent in given if item == line.item.id and each.words != line.words),
        )
        for line in sheet.lines
        if line.item.type != "attachment"  # another picture is another picture
    ]
    return [each for each in found if each.before]


def list_sheets(subject: UUID, opened: Opened, *, status: ResponseStatus = ResponseStatus.ANSWERING) -> list[Sheet]:
    """
    A person's questionnaires of one status, the newest first.

    :raises Refused: the viewer may not see health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    rows = Response.objects.filter(subject_id=subject, status=status).order_by("-started_at")
    return [sheet_of(row) for row in rows]


def open_picture(picture: UUID, opened: Opened) -> StoredFile:
    """
    A picture, to be streamed.

    :raises Refused: the viewer may not see health data of its person for what the page is opened for.
    """
    row = Picture.objects.filter(pk=picture).first()
    opened.require(row.subject_id if row else picture, Category.HEALTH)
    if row is None:
        raise nothing_there()
    stored: StoredFile = row.file
    return stored
