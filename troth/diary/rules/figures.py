"""How figures are shown: small numbers never, others rounded, so that nobody is known by them (LAW-12.4)."""

SMALL = "*"
#: From one to this many people a number says too much.
_MOST_SMALL = 7
_TO = 5
_POUNDS = 1_000  # pence: money is rounded to ten pounds


def shown(number: int) -> str:
    """A count as it may be shown: nothing stays nothing, one to seven is a star, from eight on rounded to fives (LAW-12.4)."""
    if number == 0:
        return "0"
    return SMALL if number <= _MOST_SMALL else str(rounded(number))


def rounded(number: int) -> int:
    """The number as it is drawn: what is not shown is drawn as nothing (LAW-12.4)."""
    return 0 if number <= _MOST_SMALL else (number + _TO // 2) // _TO * _TO


def shown_money(pence: int, number: int) -> int | None:
    """Money of so many visits in whole pounds, rounded to tens; None where the visits are too few to show any (LAW-12.4)."""
    if 0 < number <= _MOST_SMALL:
        return None
    return (pence + _POUNDS // 2) // _POUNDS * (_POUNDS // 100)


def shown_share(part: int, whole: int, number: int) -> int | None:
    """A share in per cent; None where it is of too few visits, since no averages are made of those (LAW-12.4)."""
    if whole <= 0 or 0 < number <= _MOST_SMALL:
        return None
    return min(100, round(100 * part / whole))
