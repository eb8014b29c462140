"""An answer as whoever decides and whoever checks read it: with everything that was answered before, where it was changed."""

from django.utils import timezone

from troth.design.values import Row
from troth.intake.selectors import Line


def answer_row(line: Line) -> Row:
    """One answer; of a changed one all that was answered, each with its time, and whether a rule had stopped them before."""
    if not line.changed:
        return Row(line.item.text, line.words)
    told = "; ".join(f"{timezone.localtime(each.at):%-d %b %H:%M}: {each.words}" for each in line.earlier)
    return Row(
        line.item.text,
        line.words,
        note=f"{'Changed after a rule stopped them. ' if line.changed_after_stop else 'Changed. '}{told}",
        flagged=line.changed_after_stop,
    )
