"""What the notice keeps until somebody has looked: a privacy officer agrees, class by class, that what is over goes (LAW-6.2)."""

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.done import done
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Row
from troth.office.frame import counted, day, looking, moment, show
from troth.rights import services
from troth.rights.selectors import ending
from troth.rights.selectors.planning import retention_rules
from troth.rights.services import StepRefused


class ApproveForm(forms.Form):
    """Which class of records goes, and that somebody looked."""

    def __init__(self, *given: object, kinds: list[tuple[str, str]]) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.fields["rule"] = forms.ChoiceField(
            label="Which records?",
            choices=kinds,
            widget=forms.RadioSelect,
            error_messages={
                "required": "Choose which records",
                "invalid_choice": "It was counted anew, or nothing of that kind waits any more. Look at what stands here now",
            },
        )
        self.fields["looked"] = forms.BooleanField(
            label="I have looked at what this is, and nothing of it is to be kept",
            help_text="A claim, an inquiry or an order of a court would be a reason to keep it",
            error_messages={"required": "Say that you have looked, or leave it as it is"},
        )


@require_http_methods(["GET", "HEAD", "POST"])
def show_ending(request: HttpRequest) -> HttpResponse:
    """Show what waits for a look, by kind and number and nobody by name; and agree that one kind goes."""
    look = looking(request)
    rules = retention_rules(look.at)
    known = [each for each in ending.list_appraisals() if each.rule in rules]
    waiting = [each for each in known if each.waits]
    words = {each.rule: rules[each.rule].words for each in known}
    form = ApproveForm(
        request.POST if request.method == "POST" else None,
        kinds=[
            (_as_seen(each), f"{words[each.rule]}: {counted(each.people, 'person', 'people')}") for each in waiting
        ],
    )
    if form.is_valid():
        try:
            # What the officer saw is what the last run counted: what was counted since is no choice of the form any more.
            seen = next(each for each in waiting if _as_seen(each) == form.cleaned_data["rule"])
            assert seen.looked_at is not None
            services.approve_end(seen.rule, up_to=timezone.localdate(seen.looked_at), by=look.actor, at=look.at)
        except StepRefused as why:
            form.add_error("rule", str(why))
        else:
            return done("office_ending", "end-approved")
    table = table_of(
        "What is over and waits for a look",
        (Column("Kept", "name"), Column("People", "number", word="People"), Column("Over since", word="Over since")),
        [(Cell(words[each.rule]), Cell(f"{each.people:,}"), Cell(_on(each.oldest))) for each in waiting],
    )
    agreed = [
        Row(
            words[each.rule],
            f"What was over by {_on(each.approved_up_to)} goes",
            f"agreed {moment(each.approved_at)}",
        )
        for each in known
        if each.approved_up_to and each.approved_at
    ]
    looked = max((each.looked_at for each in known if each.looked_at), default=None)
    return show(
        request,
        "ending/show",
        table=table if waiting else None,
        form=form if waiting else None,
        agreed=agreed,
        looked=moment(looked) if looked else "",
        status=422 if form.is_bound else 200,
    )


def _on(on: date | None) -> str:
    return day(on) if on else ""


def _as_seen(each: ending.Looked) -> str:
    """A class of records with the moment at which it was counted."""
    return f"{each.rule}@{each.looked_at.isoformat() if each.looked_at else ''}"
