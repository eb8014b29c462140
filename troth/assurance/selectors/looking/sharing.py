"""What was passed on to others, and whether people can see it."""

from django.urls import reverse

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.gate import table
from troth.notice import selectors as notices
from troth.sharing.selectors import count_disclosures


@check(
    "sharing.told", looks_at="what was passed on, the recipients that the notice named for it, and the page My data"
)
def told(question: Question) -> Finding:
    """Whatever was passed on went to whom the notice named, and people see it in My data (UK GDPR Article 15(1)(c))."""
    passed, unnamed = count_disclosures()
    counts = {"passed_on": passed, "to_others": unnamed}
    reverse("my_data")  # reads the addresses, so that every page has its row
    if not table.rows["my_data"].is_on(notices.register_in_force(question.at)):
        return Finding(False, "The notice switches the page My data off", counts)
    if unnamed:
        return Finding(
            False,
            f"{counted(unnamed, 'handing over', 'handings over')} to whom the notice did not name for it",
            counts,
        )
    return Finding(
        True,
        f"{counted(passed, 'handing over', 'handings over').capitalize()} written down, none to whom the notice did not"
        " name for it; people see each in My data",
        counts,
    )
