"""
The fee for a further copy: what printing and sending it costs us, and nothing for looking it out (LAW-1.16, LAW-4.1).

A copy in the account costs nothing, however often somebody asks. Nothing here reads a clock or a database.
"""

from dataclasses import dataclass

PENCE_A_PAGE = 5
#: A record of one person is no more than this; a larger number is a slip of the hand.
MOST_PAGES, MOST_POSTAGE = 10_000, 10_000


@dataclass(frozen=True)
class Fee:
    """What a further copy costs, in pence, and of what that is made."""

    pages: int
    postage: int

    @property
    def pence(self) -> int:
        """All of it."""
        return self.pages * PENCE_A_PAGE + self.postage

    @property
    def words(self) -> str:
        """How it was reckoned, for the person."""
        return (
            f"£{self.pence / 100:.2f}: {self.pages} {'page' if self.pages == 1 else 'pages'} at {PENCE_A_PAGE}p"
            f"{f', and £{self.postage / 100:.2f} for postage' if self.postage else ''}."
        )


NO_FEE = Fee(0, 0)


def reckon_fee(*, pages: int, postage: int) -> Fee:
    """
    What printed pages and postage (pence) come to.

    :raises ValueError: no record has so many pages, or no letter costs that much.
    """
    if not 0 <= pages <= MOST_PAGES or not 0 <= postage <= MOST_POSTAGE:
        raise ValueError("Check the number of pages and the postage.")
    return Fee(pages, postage)
