"""Reading: whatever the bytes, findings with line and reason, and never an exception."""

import copy
import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.notice import files
from troth.notice.compiling import hash_of
from troth.notice.files import parse_notice, read_notice
from troth.notice.findings import Level
from troth.notice.lint import lint
from troth.notice.lint.codes.form import FORM
from troth.notice.rendering import layered
from troth.notice.terminal import as_text
from troth.notice.tests.factories import PACK, TODAY, pack_values

BAD = {
    "Y02": [
        (b"format: 1\ntitle: \xff\xfe\n", 2),
        (b"format: 1\n\x00", 2),
        (b"PK\x03\x04\x14\x00", 1),
        (b'format: 1\ntitle: "\\e[2J"\n', 2),
        ("format: 1\ntitle: We \u202etsurt\u202c nobody\n".encode(), 2),
        (b'format: 1\r\ntitle: "\\u202e"\r\n', 2),
        ("format: 1\r\rtitle: a\u2028b\r".encode(), 3),
        ("format: 1\ntitle: a\x85b\n".encode(), 2),
        ("format: 1\nroles: [{id: a, name: \u200b}]\n".encode(), 2),
        (b'format: 1\ntitle: "Arti\\u00adcle 22"\n', 2),
    ],
    "Y03": [
        (b"format: 1\ntitle: [a\n", 2),
        (b"format: 1\ntitle: [a\n\n\n", 4),
        (b"format: 1\n  title: x\n", 2),
        (b"format: 1\n---\nformat: 1\n", 2),
        (b"%YAML 9999999999999.1\n---\na: 1", 1),
    ],
    "Y04": [(b"format: 1\ntitle: a\ntitle: b\n", 3), (b"format: 1\nscope: {words: a, words: b}\n", 2)],
    "Y05": [
        (b"format: 1\na: &a [x]\nb: *a\n", 2),
        (b"a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n", 1),
        (b"a: &a\n  b: *a\n", 1),
    ],
    "Y06": [
        (b"[" * 5000, 1),
        (b"a: " + b"{a: " * 60 + b"}" * 60, 1),
        (b"a" * (files.LARGEST + 1), 1),
        (b"[" + b"a," * files.MOST_NODES + b"]", 1),
    ],
    "Y07": [(b"format: 1\ncontroler: {}\n", 2), (b"format: 1\npurposes:\n  - id: care\n    bases: contract\n", 4)],
    "Y08": [
        (b"format: 1\nchanges:\n  days_ahead: -5\n", 3),
        (b"format: 1\nchanges:\n  days_ahead: 99999999999999999999\n", 3),
        (b"format: 1\ntitle: 5\n", 2),
        (b"format: 2\n", 1),
        (b"format: yes\n", 1),
        (b"format: 1.5\n", 1),
        (b"format: one\n", 1),
        (b"title: x\n", 1),
        (b"- a\n", 1),
        (b"just text", 1),
        (b"format: 1\npurposes:\n  - id: cares\n", 3),
        (b"? [a]\n: b\n", 1),
        (b"a: !!python/name:os.system\n", 1),
        (b"format: 1\nretention:\n  rules:\n    - id: a\n      limbs: {trigger: created, period: soon}\n", 5),
        (b"format: 1\npurposes: care\n", 2),
        (b"format: 1\nroles:\n  - name: x\n", 3),
    ],
    "Y09": [(b"", 1), (b"# only a comment\n", 1), (b"\n\n", 1)],
}


@pytest.mark.parametrize(
    ("code", "content", "line"), [(code, content, line) for code, cases in BAD.items() for content, line in cases]
)
def test_a_malformed_file_gets_line_and_reason(code, content, line):
    parsed = parse_notice(content)
    assert parsed.notice is None and not parsed.unread
    assert (code, line) in [(finding.code, finding.line) for finding in parsed.findings]
    for finding in parsed.findings:
        assert finding.level is Level.ERROR and finding.message and finding.cure and finding.code in FORM
    assert lint(parsed, on=TODAY) == list(parsed.findings)


def test_every_form_code_is_shown():
    assert set(BAD) | {"Y01"} == set(FORM)


@pytest.mark.parametrize("path", ["missing.yaml", ".", "nul\0byte"])
def test_a_file_that_cannot_be_opened_is_unread(tmp_path, path):
    parsed = read_notice(tmp_path / path)
    assert parsed.unread and [finding.code for finding in parsed.findings] == ["Y01"]


def test_a_wrong_word_is_answered_with_the_nearest():
    parsed = parse_notice("format: 1\npurposes:\n  - id: prescribng\n")
    assert "`prescribing`" in parsed.findings[0].message


def test_all_misfits_are_named_at_once():
    parsed = parse_notice("format: 1\ntitle: 5\nissued: yes\nroles: [{id: A B, name: x}]\n")
    assert [finding.line for finding in parsed.findings] == [2, 3, 4]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0123", "0123"),
        ("'07'", "07"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("NO", "NO"),
        ("0x1F", "0x1F"),
        (".inf", ".inf"),
        ("2026-13-45", "2026-13-45"),
        ("on", "on"),
    ],
)
def test_text_that_yaml_would_change_stays_as_written(written, read):
    assert parse_notice(f"format: 1\ntitle: {written}\n").notice.title == read


def test_a_name_with_nothing_after_it_counts_as_left_out():
    assert parse_notice("format: 1\ntitle:\nlinks:\n").notice.title == "Privacy notice"


def test_lines_point_at_the_name():
    parsed = read_notice(PACK)
    lines = PACK.read_text("utf-8").splitlines()
    assert lines[parsed.line(("controller", "legal_name")) - 1].strip().startswith("legal_name:")
    assert parsed.line(("controller", "nothing", "there")) == parsed.line(("controller",))


def test_both_parsers_read_the_same(monkeypatch):
    import yaml

    by_c = read_notice(PACK)
    monkeypatch.setattr(files, "_LOADER", yaml.SafeLoader)
    by_python = read_notice(PACK)
    assert by_c.notice == by_python.notice and by_c.marks == by_python.marks


def _places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _places(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _places(child, (*path, index))


PLACES = [path for path in _places(pack_values()) if path]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(["all", "care", "health", "contract", "1 month", "2026-01-01", "GB", "us"]),
)
JUNK = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
SLOWLY = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOWLY
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.one_of(st.just("gone"), st.just("twin"), JUNK)), min_size=1, max_size=4
    )
)
def test_any_change_of_structure_gives_findings_and_no_exception(changes):
    values = pack_values()
    for path, junk in changes:
        parent = values
        try:
            for step in path[:-1]:
                parent = parent[step]
            if junk == "gone":
                del parent[path[-1]]
            elif junk == "twin" and isinstance(parent, list):
                parent.append(copy.deepcopy(parent[path[-1]]))
            else:
                parent[path[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    parsed = parse_notice(json.dumps(values, ensure_ascii=False, indent=1))
    findings = lint(parsed, on=TODAY)
    assert all(finding.line >= 1 and finding.message for finding in findings)
    if parsed.notice is not None:
        assert hash_of(parsed.notice) and as_text(layered(parsed.notice))
    else:
        assert findings


@SLOWLY
@given(st.binary(max_size=300), st.integers(0, 30_000), st.integers(0, 200))
def test_any_bytes_give_findings_and_no_exception(junk, at, cut):
    content = PACK.read_bytes()
    at = min(at, len(content))
    for damaged in (junk, content[:at] + junk + content[at + cut :]):
        parsed = parse_notice(damaged)
        assert parsed.notice is not None or parsed.findings
        lint(parsed, on=date(2026, 11, 22))


@SLOWLY
@given(st.text(alphabet="abc:-[]{}&*!|>'\"#%@`,?\n \t\\x0~", max_size=80))
def test_any_punctuation_gives_findings_and_no_exception(text):
    parsed = parse_notice(text)
    assert parsed.notice is None and parsed.findings
