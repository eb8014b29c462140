"""A file in parts: nothing is lost or twice, wherever it is begun again, and each byte is read once."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.bringing.rules.parts import laid_out, read_part
from troth.bringing.rules.tables import Fault, Read


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(
    st.sets(st.integers(2, 40), max_size=20),
    st.sets(st.integers(2, 40), max_size=9),
    st.integers(1, 9),
    st.integers(0, 45),
    st.data(),
)
def test_each_row_ahead_is_in_one_part_and_the_counts_are_those_of_the_file(
    lines: set[int], wrong: set[int], most: int, after: int, data: st.DataObject
) -> None:
    lines -= wrong
    rows = [(line, {"text": f"“{line}”,\n"}) for line in sorted(lines)]
    read = Read(rows, [Fault(line, "x") for line in sorted(wrong)])
    left_out = data.draw(st.sets(st.sampled_from(sorted(lines)))) if lines else set()
    raw = b"".join(laid_out(read, after=after, most=most, leaving_out=left_out))
    seen, asked = [], []

    def get(start: int, end: int) -> bytes:
        asked.append((start, end))
        return raw[start:end]

    at, reached = 0, after
    while True:
        part = read_part(get, at)
        assert part.after == reached and len(part.rows) <= most
        assert part.done == sum(line <= part.until for line in lines | wrong)
        seen += part.rows
        at, reached = part.next_at, part.until
        if part.is_last:
            break
    assert seen == [each for each in rows if each[0] > after and each[0] not in left_out]
    assert reached == max([after, *lines, *wrong]) and at == len(raw)
    # Each byte is asked for once and in order: what a part costs does not grow with the file.
    assert [start for start, _ in asked] == [0, *(end for _, end in asked[:-1])]
