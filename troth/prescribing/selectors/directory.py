"""Looking a GP practice up. It is about nobody."""

from troth.prescribing.models import GpPractice
from troth.prescribing.rules.directory import Practice

MOST = 20
SHORTEST = 3


def is_kept() -> bool:
    """Whether there is a directory here."""
    return GpPractice.objects.filter(is_open=True).exists()


def find(words: str) -> list[Practice]:
    """Open practices by a part of their name, or by the beginning of their postcode; by name, twenty at most."""
    said = " ".join(words.split())
    if len(said) < SHORTEST:
        return []
    rows = GpPractice.objects.filter(is_open=True)
    named = rows.filter(name__icontains=said) | rows.filter(postcode__istartswith=_spaced(said))
    return [_practice(row) for row in named.order_by("name", "code")[:MOST]]


def list_codes() -> set[str]:
    """The codes of every practice that was ever read in."""
    return set(GpPractice.objects.values_list("code", flat=True))


def email_of(code: str) -> str:
    """The address for letters of an open practice, or ""."""
    return GpPractice.objects.filter(pk=code, is_open=True).values_list("email", flat=True).first() or ""


def _spaced(said: str) -> str:
    """A whole postcode as the file writes it, with its space; a part of one as it is."""
    joined = said.replace(" ", "")
    return f"{joined[:-3]} {joined[-3:]}" if 5 <= len(joined) <= 7 and joined[-3].isdigit() else said


def _practice(row: GpPractice) -> Practice:
    return Practice(row.code, row.name, row.address, row.postcode, row.is_open)
