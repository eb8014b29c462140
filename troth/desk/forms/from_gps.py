"""What came from a GP: taken in at the desk, and filed by a clinician."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from troth.design.fields import Choices
from troth.desk.forms.request import CameForm
from troth.prescribing.selectors import Astray, Way

#: By which ways a paper reaches the desk. What is said by telephone is for a clinician to write down.
AT_THE_DESK = (Way.POST, Way.EMAIL, Way.HAND)


class TakeInForm(CameForm):
    """What came to a letter that asks."""

    ways = AT_THE_DESK
    file = forms.FileField(
        label="The file",
        help_text="A scan of the letter, or the file as it came. It is sealed as it arrives, and you cannot open it afterwards",
        error_messages={"required": "Add the file that came", "empty": "That file is empty. Choose another."},
    )


class FileMessageForm(forms.Form):
    """Whose card a message belongs to: one of those whom the clinician has to do with. Nothing is chosen for anybody."""

    prefix = "file"
    subject = forms.ChoiceField(
        label="Who is it about?", widget=Choices(), error_messages={"required": "Choose who it is about"}
    )
    answers = forms.ChoiceField(
        label="What is it?",
        widget=Choices(),
        choices=[("yes", "The answer to your letter that asked their GP"), ("no", "Something else")],
        error_messages={"required": "Choose whether it answers your letter: an answer ends the reminders"},
    )

    def __init__(self, *args: Any, people: Mapping[UUID, str], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["subject"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(subject), name) for subject, name in people.items()]


class SetAsideForm(forms.Form):
    """Why a message is kept on nobody's card."""

    prefix = "aside"
    why = forms.ChoiceField(
        label="Why is it for nobody here?",
        widget=Choices(),
        choices=[(each.value, each.words) for each in Astray if each is not Astray.TOO_LARGE],
        error_messages={"required": "Choose why"},
    )
