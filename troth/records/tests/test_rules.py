"""The rules of the record over every combination that can arise."""

from itertools import product
from uuid import uuid4

import pytest

from troth.records import rules
from troth.records.models import NoteStatus, Release, Source

ME, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(("status", "author"), list(product(NoteStatus, (ME, OTHER))))
def test_only_ones_own_draft_may_be_changed(status: NoteStatus, author: object) -> None:
    allowed = status is NoteStatus.DRAFT and author == ME
    if allowed:
        rules.check_can_change(status=status, author=ME, by=ME)
    else:
        with pytest.raises(rules.NotPossible):
            rules.check_can_change(status=status, author=OTHER if author == OTHER else ME, by=ME)


@pytest.mark.parametrize(
    ("asked", "source", "own", "professional"), list(product(Release, (None, *Source), (True, False), (True, False)))
)
def test_nothing_is_released_without_an_opinion_unless_the_person_knows_it(
    asked: Release, source: Source | None, own: bool, professional: bool
) -> None:
    """LAW-4.3, LAW-4.5."""
    given = rules.release_when_recorded(asked, source=source, own=own, professional=professional)
    known = own or source is Source.PERSON
    assert (given is Release.RELEASED) == (known or (professional and asked is Release.RELEASED))
    assert not (given is Release.WITHHELD and not professional)
