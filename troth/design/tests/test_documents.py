"""JSON by lines says what any other JSON says."""

import json

from hypothesis import given
from hypothesis import strategies as st

from troth.design.documents import json_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(), each, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES, max_size=6), st.booleans())
def test_it_is_read_back_as_it_was(document: dict[str, object], ascii_only: bool) -> None:
    written = json_of(document, ascii_only=ascii_only)
    assert json.loads(written) == document
    assert not ascii_only or written.isascii()


def test_each_member_and_each_entry_of_a_list_has_a_line() -> None:
    written = json_of({"who": "Zoë", "held": [{"a": 1}, {"a": 2}], "none": []}).decode()
    assert written.split("\n") == [
        "{",
        ' "who": "Zoë",',
        ' "held": [',
        '  {"a": 1},',
        '  {"a": 2}',
        " ],",
        ' "none": []',
        "}",
    ]
    assert json_of({}) == b"{}"
