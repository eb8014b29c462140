"""Fields: labels, hints, errors that say how to mend them, and nothing typed that is lost."""

import re

import pytest
from django import forms
from django.template import Context, Template

from troth.design.fields import Choices, DateInBoxes, ManyChoices
from troth.design.samples import AboutYou


def drawn(form: forms.Form, name: str = "") -> str:
    source = "{% load design %}" + (f"{{% field form.{name} %}}" if name else "{% error_summary form %}")
    return Template(source).render(Context({"form": form}))


def sent(**values: str) -> AboutYou:
    form = AboutYou(
        {"weight": "84", "born_on_day": "3", "born_on_month": "5", "born_on_year": "1984", "tell_gp": "no"} | values
    )
    form.is_valid()
    return form


def test_field_has_label_then_hint_then_error_then_box() -> None:
    markup = drawn(sent(weight="eighty-four"), "weight")
    order = [
        markup.index(part) for part in ("Your weight", "In kilograms", "Enter your weight as a number", "<input")
    ]
    assert order == sorted(order)
    assert 'aria-describedby="id_weight-hint id_weight-error"' in markup
    assert 'aria-invalid="true"' in markup
    assert 'value="eighty-four"' in markup  # typed text is kept
    assert 'for="id_weight"' in markup


def test_field_without_fault_says_nothing_of_error() -> None:
    markup = drawn(sent(), "weight")
    assert "error" not in markup
    assert "aria-invalid" not in markup
    assert 'aria-describedby="id_weight-hint"' in markup


def test_field_that_is_not_needed_says_so() -> None:
    assert "(if you like)" in drawn(AboutYou(), "surgery")
    assert "(if you like)" not in drawn(AboutYou(), "weight")


def test_error_summary_counts_links_and_takes_the_focus() -> None:
    markup = drawn(sent(weight="x", born_on_day="31", born_on_month="2", tell_gp=""))
    assert "Three things need mending" in markup
    assert re.findall(r'href="#([^"]+)"', markup) == ["id_weight", "id_born_on_0", "id_tell_gp_0"]
    assert 'tabindex="-1"' in markup
    assert "autofocus" in markup


def test_error_summary_links_lead_to_boxes_that_are_there() -> None:
    form = sent(weight="x", born_on_year="", tell_gp="")
    boxes = "".join(drawn(form, name) for name in form.fields)
    for box in re.findall(r'href="#([^"]+)"', drawn(form)):
        assert f'id="{box}"' in boxes


def test_error_summary_is_silent_without_errors() -> None:
    assert drawn(sent()).strip() == ""


def test_error_of_the_whole_form_stands_in_the_summary_without_a_link() -> None:
    form = sent()
    form.add_error(None, "The address or the password isn’t right.")
    markup = drawn(form)
    assert "One thing needs mending" in markup
    assert "<a " not in markup


def test_date_has_three_labelled_boxes_and_keeps_what_was_typed() -> None:
    markup = drawn(sent(born_on_day="31", born_on_month="2"), "born_on")
    assert re.findall(r"<label for=\"[^\"]+\">(\w+)</label>", markup) == ["Day", "Month", "Year"]
    assert re.findall(r'value="(\d+)"', markup) == ["31", "2", "1984"]
    assert "bday-day" in markup
    assert "There is no such day" in markup
    assert "<fieldset" in markup
    assert "<legend" in markup


class OneDate(forms.Form):
    """One date, needed or not."""

    on = DateInBoxes(required=False)


@pytest.mark.parametrize(
    ("day", "month", "year", "message"),
    [
        ("", "2", "2026", "Add the day."),
        ("1", "", "", "Add the month and the year."),
        ("30", "2", "2026", "no such day"),
        ("one", "2", "2026", "no such day"),
        ("31", "12", "9999", "Check the year"),
        ("1", "2", "99999", "no such day"),
        ("1", "9" * 40, "2026", "no such day"),  # more than a machine number holds
    ],
)
def test_date_says_what_is_wrong(day: str, month: str, year: str, message: str) -> None:
    form = OneDate({"on_day": day, "on_month": month, "on_year": year})
    assert not form.is_valid()
    assert message in str(form.errors["on"])


def test_date_may_be_left_out_when_it_is_not_needed() -> None:
    form = OneDate({"on_day": " ", "on_month": "", "on_year": ""})
    assert form.is_valid()
    assert form.cleaned_data["on"] is None


def test_date_of_a_record_fills_its_boxes() -> None:
    from datetime import date

    assert re.findall(r'value="(\d+)"', drawn(OneDate(initial={"on": date(1984, 5, 3)}), "on")) == ["3", "5", "1984"]


def test_choices_have_hints_and_nothing_is_chosen_for_anybody() -> None:
    markup = drawn(AboutYou(), "tell_gp")
    assert "checked" not in markup
    assert markup.count('type="radio"') == 2
    assert 'aria-describedby="id_tell_gp_1-hint"' in markup
    assert "checked" in drawn(sent(), "tell_gp")


def test_hostile_text_in_labels_hints_choices_and_values_is_escaped() -> None:
    evil = '"><script>alert(1)</script>'

    class Evil(forms.Form):
        text = forms.CharField(label=evil, help_text=evil)
        one = forms.ChoiceField(
            label=evil, help_text=evil, choices=[(evil, evil)], widget=Choices(hints={evil: evil})
        )
        many = forms.MultipleChoiceField(label=evil, choices=[(evil, evil)], widget=ManyChoices(hints={evil: evil}))
        tick = forms.BooleanField(label=evil, help_text=evil, error_messages={"required": evil})
        on = DateInBoxes(label=evil, help_text=evil)

    form = Evil({"text": evil, "one": evil, "many": [evil], "on_day": evil, "on_month": evil, "on_year": evil})
    form.is_valid()
    for name in form.fields:
        markup = drawn(form, name)
        assert "<script" not in markup
        assert "&lt;script&gt;" in markup
    assert "<script" not in drawn(form)
