"""The words that changed, side by side, and only those."""

from pathlib import Path

import troth.notice
from troth.notice.files import parse_notice
from troth.notice.schema import Notice
from troth.notice.wording import WordChange, word_changes

TEXT = (Path(troth.notice.__path__[0]) / "packs" / "online-prescribing.yaml").read_text(encoding="utf-8")


def notice(text: str = TEXT) -> Notice:
    found = parse_notice(text, source="test").notice
    assert found is not None
    return found


def sides(change: WordChange) -> tuple[str, str]:
    return "".join(piece.words for piece in change.before), "".join(piece.words for piece in change.after)


def test_the_same_notice_has_no_changed_words() -> None:
    assert word_changes(notice(), notice()) == []


def test_one_changed_word_is_marked_on_both_sides_and_the_rest_is_not() -> None:
    later = notice(TEXT.replace("We prescribe medicines online.", "We prescribe medicines by post."))
    (change,) = word_changes(notice(), later)
    assert [piece.words for piece in change.before if piece.changed] == ["online."]
    assert [piece.words for piece in change.after if piece.changed] == ["by post."]
    assert sides(change)[0].startswith("We prescribe medicines online.")


def test_of_an_entry_only_the_lines_that_differ_are_shown() -> None:
    later = notice(TEXT.replace("words: To arrange a video call when", "words: To hold a video call when"))
    (change,) = word_changes(notice(), later)
    was, now = sides(change)
    assert change.title == "Video checks" and "\n" not in was and "arrange" in was and "hold" in now


def test_what_only_one_side_has_leaves_the_other_empty() -> None:
    start = TEXT.index("  - id: booking")
    end = TEXT.index("  - id: gp_correspondence")
    less = notice(TEXT[:start] + TEXT[end:])
    (gone,) = [change for change in word_changes(notice(), less) if change.title == "Video checks"]
    assert gone.before and not sides(gone)[1].strip()
    (new,) = [change for change in word_changes(less, notice()) if change.title == "Video checks"]
    assert new.after and not sides(new)[0].strip()
