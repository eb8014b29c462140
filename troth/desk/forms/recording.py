"""A recorded call, a clip from a camera, and a camera of the register."""

from collections.abc import Sequence
from typing import Any

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.records.selectors.recordings import ToldBy


class _RecordingForm(forms.Form):
    """The base: what is sent, and when it happened. `entry` is its identifier, so that what is sent twice is kept once."""

    entry = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        error_messages={"required": "Choose a file", "empty": "That file is empty. Choose another"}
    )
    happened_on = DateInBoxes(label="When was it?", error_messages={"required": "Enter the day"})


class CallForm(_RecordingForm):
    """A recorded call."""

    told = forms.ChoiceField(
        label="How were they told, before it began, that it is recorded?",
        help_text="A call of which they were not told may not be kept",
        choices=[(each.value, each.words) for each in ToldBy],
        widget=Choices(),
        error_messages={"required": "Choose how they were told"},
    )
    words = forms.CharField(
        label="What was it about?",
        help_text="Nothing of their health. For example: moving a visit",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what it was about"},
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["file"].label = "Recording"
        self.fields["file"].help_text = "MP3, M4A, WAV or Ogg, at most 50 MB. It is sealed as it arrives"
        self.fields["file"].widget.attrs["accept"] = "audio/*"


class ClipForm(_RecordingForm):
    """A clip from a camera."""

    camera = forms.ChoiceField(label="Which camera?", error_messages={"required": "Choose the camera"})
    words = forms.CharField(
        label="What happened?",
        help_text="For example: fell on the steps",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what happened"},
    )
    alone = forms.BooleanField(
        label="Nobody else can be recognised in it",
        help_text="They can have a copy of it. Cut or blur it first where it shows somebody else",
        error_messages={"required": "Cut or blur it first, so that nobody else can be recognised"},
    )

    def __init__(self, *args: Any, cameras: Sequence[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["file"].label = "Clip"
        self.fields["file"].help_text = "MP4 or WebM, at most 150 MB. It is sealed as it arrives"
        self.fields["file"].widget.attrs["accept"] = "video/mp4,video/webm"
        field = self.fields["camera"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose a camera"), *cameras]


def _words(label: str, hint: str, most: int, required: str, *, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, help_text=hint, max_length=most, widget=widget, error_messages={"required": required}
    )


class CameraForm(forms.Form):
    """What the register has of a camera."""

    place = _words("Where is it?", "For example: above the front door", 80, "Say where it is")
    view = _words("What does it see?", "For example: the steps, and nothing of the street", 200, "Say what it sees")
    why = _words("What is it for?", "", 300, "Say what it is for", rows=2)
    sign = _words("What does the sign below it say?", "", 300, "Write what the sign says", rows=2)
    minder = _words("Who looks after it?", "A post, not a name", 80, "Say who looks after it")
    closed = forms.BooleanField(label="It runs no more", required=False)
