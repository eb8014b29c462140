"""What came about people from others: who is still to be told, telling them by hand, and the grounds on which somebody is not."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.done import done
from troth.design.fields import Choices, DateInBoxes
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Paging, Row, Tag
from troth.law.telling import Untold
from troth.office.frame import Looking, counted, looking, moment, show
from troth.people import selectors as people
from troth.rights import services
from troth.rights.selectors import obtaining
from troth.rights.selectors.obtaining import FromOthers, ToTell
from troth.rights.services import StepRefused

PAGE = 50
TOLD, LEAVE, TELL = "told", "leave", "tell"


class SourceForm(forms.Form):
    """Telling somebody by hand, or why they are not told."""

    what = forms.ChoiceField(
        label="What was decided?",
        choices=[(TOLD, "I told them"), (LEAVE, "They are not told, for a ground of the law")],
        widget=Choices(hints={TOLD: "By telephone, by post, or face to face", LEAVE: "Choose the ground below"}),
        error_messages={"required": "Choose one of the two"},
    )
    ground = forms.ChoiceField(
        label="On which ground?",
        choices=[(each.value, each.words) for each in Untold],
        required=False,
        widget=Choices(hints={each.value: each.law for each in Untold}),
    )
    look_again_on = DateInBoxes(
        label="When does somebody ask again?",
        help_text="For a ground by which they are not to learn of it. Within six months",
        required=False,
    )
    words = forms.CharField(
        label="How were they told, or why not?",
        help_text="In a sentence. It is sealed in this file",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write how they were told, or why not"},
    )

    def __init__(self, *given: Any, renewed: bool = False, **named: Any) -> None:
        """`renewed`: it is kept from them already, and is to be kept for longer or on another ground."""
        super().__init__(*given, **named)
        if renewed:
            self.fields["what"].choices = [(LEAVE, "They are still not told, for a ground of the law")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whoever is not told has a ground."""
        said = super().clean() or {}
        if said.get("what") == LEAVE and not said.get("ground"):
            self.add_error("ground", "Choose the ground on which they are not told")
        return said


@require_http_methods(["GET", "HEAD"])
def list_all(request: HttpRequest) -> HttpResponse:
    """What is due first. Nothing of anybody is opened."""
    look = looking(request)
    page = request.GET.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 6 and int(page) else 1
    found, total = obtaining.list_work(at=look.at, start=(number - 1) * PAGE, most=PAGE)
    table = table_of(
        "What came from somebody else, and is to be told",
        (Column("From", "name"), Column("Came", "figures", word="Came"), Column("Tell by", word="Tell by")),
        [
            (
                Cell(_theirs(each.origin), small=each.id.hex[:8], href=reverse("office_source", args=[each.id])),
                Cell(f"{each.received_on:%-d %b %Y}"),
                Cell(f"{each.due_on:%-d %b %Y}", tag=_tag(each, look)),
            )
            for each in found
        ],
    )
    return show(
        request,
        "source/list",
        told="That something came stands here, and nothing of what it is or of whom.",
        table=table if found else None,
        paging=Paging.numbered(number, total, each=PAGE, path=reverse("office_sources")) if total > PAGE else None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show_one(request: HttpRequest, obtained: UUID) -> HttpResponse:
    """One of them: from whom, of what kind, until when; and settling it."""
    look = looking(request)
    known = _known(look, obtained)
    settled = known.told_at is not None or (known.settled_by is not None and not known.concealed) or known.on_its_way
    ends = request.method == "POST" and request.POST.get("what") == TELL
    typed = request.POST if request.method == "POST" and not ends else None
    form = SourceForm(typed, renewed=known.concealed) if not settled else None
    trouble = ""
    try:
        if ends:
            services.end_silence(obtained, by=look.actor, at=look.at)
            return done("office_sources", "source-silence-ended")
        if form is not None and form.is_valid():
            _settle(obtained, form.cleaned_data, look)
            return done("office_sources", "source-settled")
    except StepRefused as why:
        trouble = str(why)
        if form is not None and form.is_bound:
            form.add_error("look_again_on" if "day within" in trouble else "words", trouble)
    return show(
        request,
        "source/show",
        told="From whom something came about one person opens here, and nothing of what it was.",
        known=known,
        rows=_rows(known),
        form=form,
        trouble="" if form is not None and form.is_bound else trouble,
        status=422 if trouble or (form is not None and form.errors) else 200,
    )


def _settle(obtained: UUID, said: dict[str, Any], look: Looking) -> None:
    if said["what"] == TOLD:
        services.tell_by_hand(obtained, words=said["words"], by=look.actor, at=look.at)
        return
    services.leave_untold(
        obtained,
        ground=Untold(said["ground"]),
        words=said["words"],
        look_again_on=said["look_again_on"],
        by=look.actor,
        at=look.at,
    )


def _theirs(words: str) -> str:
    """A source in the notice's words, which speak to the person, for whoever reads of somebody else."""
    return words.replace("Your ", "Their ").replace(" you", " them")


def _tag(each: ToTell, look: Looking) -> Tag:
    if each.look_again_on is not None:
        due = each.look_again_on <= look.today
        return Tag(
            "close" if due else "kept", "look again" if due else f"kept back until {each.look_again_on:%-d %b}"
        )
    left = (each.due_on - look.today).days
    if left < 0:
        return Tag("late", counted(-left, "day late", "days late"))
    if each.held:
        return Tag("close", "waits for you: more of it is kept back")
    if each.unreached:
        return Tag("close", "nothing reached them")
    return Tag("kept", "a message is on its way" if each.on_its_way else f"{counted(left, 'day')} left")


def _rows(known: FromOthers) -> list[Row]:
    rows = [
        Row("From", _theirs(known.source), known.who),
        Row("Of what kind", "; ".join(known.kinds)),
        Row("It came", f"{known.received_on:%-d %B %Y}"),
        Row("They are told by", f"{known.due_on:%-d %B %Y}", "One month, UK GDPR Article 14(3)"),
    ]
    if known.told_at is not None:
        rows.append(Row("They were told", moment(timezone.localtime(known.told_at))))
    if known.ground is not None:
        rows.append(Row("Not told, because", known.ground.words, known.ground.law))
    if known.look_again_on is not None:
        rows.append(Row("Somebody asks again", f"{known.look_again_on:%-d %B %Y}"))
    if known.words:
        rows.append(Row("What was noted", known.words))
    if known.settled_by is not None:
        rows.append(Row("By", people.staff_name(known.settled_by)))
    if known.unreached:
        rows.append(Row("Why it waits", "No message reached them. Tell them another way"))
    return rows


def _known(look: Looking, obtained: UUID) -> FromOthers:
    try:
        return obtaining.get_obtained(obtained, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None
