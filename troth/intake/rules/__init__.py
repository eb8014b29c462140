"""What is asked and what follows from an answer, as pure rules. No database, no clock."""


class NotPossible(Exception):
    """What was answered does not fit what is asked, or is not open any more. The message is fit for whoever answered."""
