"""A new version of a questionnaire: the text of its file."""

from django import forms

LONGEST = 300_000


class VersionForm(forms.Form):
    """The file's text. It is pasted, so that what is compared is what is published."""

    text = forms.CharField(
        label="The questionnaire, as FHIR JSON",
        help_text="Take the version that is asked now, change it, give it another version, and paste it here",
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        error_messages={"required": "Paste the questionnaire"},
    )
