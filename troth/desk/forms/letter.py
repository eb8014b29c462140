"""A letter as it is typed."""

import hashlib
from uuid import uuid4

from django import forms

from troth.desk.forms.record import LONGEST, EntryForm


class LetterForm(EntryForm):
    """To whom, what about, and its words. `document` is its identifier, so that what is sent twice is kept once."""

    document = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    title = forms.CharField(
        label="What is it about?",
        help_text="It stands above the letter and in the list of files",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter what it is about"},
    )
    to = forms.CharField(
        label="To",
        help_text="Name and address, a line for each part",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter to whom it goes"},
    )
    words = forms.CharField(
        label="Words",
        help_text="An empty line begins a paragraph",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": "Write the letter"},
    )

    @property
    def seen(self) -> str:
        """A digest of the letter as a page shows it, by which a signature knows what was read."""
        said = (self.cleaned_data[name] for name in ("title", "to", "words"))
        return hashlib.sha256("\0".join(said).encode()).hexdigest()
