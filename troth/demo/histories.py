"""What happened to the demonstration's patients: requests and what became of them."""

from datetime import datetime

from troth.demo.clinic import Made


def write(made: Made, *, at: datetime) -> None:
    """Give every third patient a request."""
