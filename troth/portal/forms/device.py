"""How pages look on one device: the form, and the little that the cookie says."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django import forms

from troth.design.fields import Choices

LOOK = "troth_look"
LOOK_FOR = timedelta(days=365)  # the life that the notice states


@dataclass(frozen=True)
class Look:
    """What was chosen on this device."""

    theme: Literal["auto", "light", "dark"] = "auto"
    keys: bool = True


def look_of(cookie: str) -> Look:
    """What a cookie says; whatever else stands in one says nothing."""
    words = cookie.split(".")
    theme: Literal["auto", "light", "dark"] = "dark" if "dark" in words else "light" if "light" in words else "auto"
    return Look(theme, "no-keys" not in words)


class LookForm(forms.Form):
    """Light or dark, and single keys, which disturb people who speak to their computer (WCAG 2.1.4)."""

    theme = forms.ChoiceField(
        label="Colours",
        choices=[("auto", "As my device is set"), ("light", "Light"), ("dark", "Dark")],
        widget=Choices(),
        error_messages={"required": "Choose how pages look"},
    )
    keys = forms.ChoiceField(
        label="Single keys",
        choices=[("on", "On"), ("off", "Off")],
        widget=Choices(hints={"on": "For staff: / goes to the search box", "off": "No key does anything by itself"}),
        error_messages={"required": "Choose whether single keys work"},
    )

    def value(self) -> str:
        """What the cookie says, or "" where nothing was chosen that the device doesn't say itself."""
        words = [] if self.cleaned_data["theme"] == "auto" else [self.cleaned_data["theme"]]
        return ".".join([*words, *(["no-keys"] if self.cleaned_data["keys"] == "off" else [])])
