"""A body chart as it is drawn or said."""

from uuid import uuid4

from django import forms

from troth.desk.forms.record import EntryForm
from troth.records.selectors.charts import Region, View


class ChartForm(EntryForm):
    """The outline, the lines on it, and where it is in words. `chart` is its identifier: what is sent twice is kept once."""

    chart = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    view = forms.ChoiceField(widget=forms.HiddenInput, choices=[(each.value, each.words) for each in View])
    drawn = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200_000)
    region = forms.ChoiceField(label="Where is it?", choices=[(each.value, each.words) for each in Region])
    words = forms.CharField(
        label="What is there?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
