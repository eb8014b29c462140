"""Form fields as the design draws them: a date in three boxes, choices with hints, what a field's template needs."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField


class ThreeBoxes(forms.MultiWidget):
    """Day, month and year, each typed as a number. No calendar to fight with, and a birthday is quick to enter."""

    def __init__(self, *, birthday: bool = False) -> None:
        parts = (("day", 2), ("month", 2), ("year", 4))
        super().__init__(
            {
                name: forms.TextInput(
                    attrs={
                        "inputmode": "numeric",
                        "maxlength": str(length),
                        "class": f"box box-{length}",
                        "autocomplete": f"bday-{name}" if birthday else "off",
                    }
                )
                for name, length in parts
            }
        )

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]


#: From here on what is reckoned from a day may be more than a date can hold. What is too far for its purpose, its form says.
_TOO_FAR = 9_900


class DateInBoxes(forms.MultiValueField):
    """A date typed into three boxes. It says which part is missing, and when there is no such day."""

    widget = ThreeBoxes

    def __init__(self, *, birthday: bool = False, **named: Any) -> None:
        numbers = tuple(forms.CharField(required=False) for _ in range(3))
        named.setdefault("widget", ThreeBoxes(birthday=birthday))
        super().__init__(numbers, require_all_fields=False, **named)

    def compress(self, data_list: list[str]) -> date | None:
        """:raises ValidationError: a part is missing, not a number, or the day does not exist."""
        parts = [part.strip() for part in data_list]
        if not any(parts):
            return None
        missing = [name for name, part in zip(("day", "month", "year"), parts, strict=True) if not part]
        if missing:
            raise ValidationError(f"Add the {' and the '.join(missing)}.", code="incomplete")
        try:
            found = date(*(int(part) for part in reversed(parts)))
        except (ValueError, OverflowError):
            raise ValidationError(
                "There is no such day. Check the day, the month and the year.", code="invalid"
            ) from None
        if found.year >= _TOO_FAR:
            raise ValidationError("Check the year.", code="invalid")
        return found


class PersonBox(forms.CharField):
    """Whom somebody looks for. Its form is posted, so that no name lands in an address, a history or a log (pitfalls B1)."""

    def __init__(self, label: str, *, by: str) -> None:
        super().__init__(
            label=label,
            max_length=200,
            help_text=f"Three letters of a name, or a whole {by}",
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            error_messages={"required": "Type at least three letters of their name"},
        )


class Choices(forms.RadioSelect):
    """One of a few, each with an optional hint below it. Nothing is chosen for anybody."""

    def __init__(self, *, hints: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.hints = dict(hints or {})


class ManyChoices(forms.CheckboxSelectMultiple):
    """Any of a few, each with an optional hint below it."""

    def __init__(self, *, hints: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.hints = dict(hints or {})


class _Emptied(BoundField):
    """A field drawn without what was typed into it."""

    def value(self) -> None:
        return None


def first_box(bound: BoundField) -> str:
    """The id of the first box of a field: where its error links to."""
    named = bound.auto_id
    if isinstance(bound.field.widget, forms.MultiWidget | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{named}_0"
    return named


def described(bound: BoundField, *, width: str = "", legend: str = "") -> dict[str, Any]:
    """This will gather what `parts/field.html` draws: kind, names, hint, errors and the boxes themselves."""
    widget = bound.field.widget
    key = bound.auto_id or bound.name
    errors = [str(error) for error in bound.errors]
    if any(error.code == "card_number" for error in bound.errors.as_data()):
        # What must not come to lie here is not sent back either: the box is drawn empty.
        bound = _Emptied(bound.form, bound.field, bound.name)
    described_by = " ".join(
        name for name, there in ((f"{key}-hint", bool(bound.help_text)), (f"{key}-error", bool(errors))) if there
    )
    attrs = {"aria-describedby": described_by} if described_by else {}
    found: dict[str, Any] = {
        "key": key,
        "label": legend or bound.label,
        "hint": bound.help_text,
        "errors": errors,
        # "If not: what harm?" says by itself when it has to be answered.
        # A form that asks for one of several says so of each: none of them is there "if you like".
        "required": bound.field.required
        or getattr(bound.field, "one_of", False)
        or str(legend or bound.label).startswith("If "),
        "described_by": described_by,
        "box_id": first_box(bound),
    }
    if isinstance(widget, forms.MultiWidget):
        found |= {"kind": "boxes", "boxes": list(_boxes(bound, invalid=bool(errors)))}
    elif isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        hints: Mapping[str, str] = getattr(widget, "hints", {})
        found |= {
            "kind": "choices",
            # Django makes many of a few a kind of one of a few, so the narrower is asked first.
            "mark": "checkbox" if isinstance(widget, forms.CheckboxSelectMultiple) else "radio",
            "choices": [_choice(option, hints) for option in bound],
        }
    elif isinstance(widget, forms.CheckboxInput):
        found |= {"kind": "tick", "box": bound.as_widget(attrs={**attrs, "class": "mark"})}
    else:
        plain = isinstance(widget, forms.Select | forms.Textarea)
        width = width or ("10" if isinstance(bound.field, forms.IntegerField) else "")  # a box as long as a number is
        styled = "box box-text" if isinstance(widget, forms.Textarea) else "box"
        classes = f"{styled} box-{width}" if width and not plain else styled
        found |= {"kind": "box", "box": bound.as_widget(attrs={**attrs, "class": classes})}
    return found


def _choice(option: Any, hints: Mapping[str, str]) -> dict[str, Any]:
    data = option.data
    return {
        "id": option.id_for_label,
        "name": data["name"],
        "value": data["value"],
        "label": data["label"],
        "chosen": data["selected"],
        "hint": hints.get(str(data["value"]), ""),
    }


def _boxes(bound: BoundField, *, invalid: bool) -> Iterator[dict[str, Any]]:
    assert isinstance(bound.field.widget, forms.MultiWidget)
    context = bound.field.widget.get_context(bound.html_name, bound.value(), {"id": bound.auto_id})
    for part in context["widget"]["subwidgets"]:
        name = part["name"].rsplit("_", 1)[-1]
        yield {
            "label": name.capitalize(),
            "id": part["attrs"]["id"],
            "name": part["name"],
            "value": part["value"] or "",
            "attrs": part["attrs"],
            "invalid": invalid,
        }
