"""What is to be arranged for visits."""

from troth.design.arranging import ArrangingForm
from troth.people import rules


class AdjustmentsForm(ArrangingForm):
    """With the languages and the ticks that are known of people."""

    languages = rules.LANGUAGES
    interpreter = rules.INTERPRETER
    check_language = staticmethod(rules.check_language)
