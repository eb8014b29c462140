"""Reading a notice file: YAML with the line of every node. Whatever the bytes, the answer is findings."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as FilePath
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from troth.notice.findings import Finding, Level, Path, in_words
from troth.notice.schema import Notice

LARGEST = 1_000_000  # bytes; the fullest real notice is a twentieth of it
DEEPEST = 24
MOST_NODES = 60_000
_FEW = 12

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# `NO` in capitals stays text: it is Norway.
_TRUTHS = {
    "true": True,
    "True": True,
    "yes": True,
    "Yes": True,
    "false": False,
    "False": False,
    "no": False,
    "No": False,
}
# What no text file holds; line ends that only some programs take for one; and marks that turn the order of letters round,
# so that a notice would read otherwise than it is enforced; and marks without width, which make one name look like another.
_UNFIT = re.compile(
    f"{yaml.reader.Reader.NON_PRINTABLE.pattern}|[\x85\xad\u200b\u2060\ufeff\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
# The C parser reads a notice in a fiftieth of the time; the other one gives the same events.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LAW_OF_FORM = "docs/reference/notice.schema.json"


@dataclass(frozen=True)
class ParsedNotice:
    """A notice file as read: the model where it fits the format, and the line of every node."""

    source: str
    text: str
    notice: Notice | None
    findings: tuple[Finding, ...] = ()
    marks: Mapping[Path, int] = field(default_factory=dict)
    unread: bool = False  # the file could not be opened at all

    def line(self, path: Path) -> int:
        """The line of a node, or of the nearest node above it that stands in the file."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, 1)


class _Unfit(Exception):
    """Stops the reading with one finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def _finding(code: str, line: int, message: str, cure: str, path: Path = ()) -> Finding:
    return Finding(code, Level.ERROR, line, in_words(path), message, _LAW_OF_FORM, cure)


def read_notice(path: str | FilePath) -> ParsedNotice:
    """Read a notice file. This will never raise for what it holds: findings say what is wrong, and on which line."""
    file = FilePath(path)
    try:
        with file.open("rb") as handle:
            content = handle.read(LARGEST + 1)
    except (OSError, ValueError) as problem:
        reason = (problem.strerror if isinstance(problem, OSError) else None) or "not a usable path"
        found = _finding("Y01", 1, f"The file cannot be read: {reason}.", "Name a notice file that exists.")
        return ParsedNotice(str(path), "", None, (found,), unread=True)
    return parse_notice(content, source=str(path))


def parse_notice(content: bytes | str, *, source: str = "notice") -> ParsedNotice:
    """Read a notice from its bytes or text. This will never raise for what they hold."""
    text = ""
    marks: dict[Path, int] = {}
    try:
        text = _decode(content)
        value = _values(text, marks)
    except _Unfit as unfit:
        return ParsedNotice(source, text, None, (unfit.finding,), marks)
    if not isinstance(value, dict):
        found = _finding(
            "Y08", 1, "The file is not a list of named parts.", "Begin with `format: 1`, then `controller:`."
        )
        return ParsedNotice(source, text, None, (found,), marks)
    try:
        return ParsedNotice(source, text, Notice.model_validate(value), (), marks)
    except ValidationError as problem:
        parsed = ParsedNotice(source, text, None, (), marks)
        return ParsedNotice(source, text, None, _misfits(problem, parsed), marks)


def _decode(content: bytes | str) -> str:
    if len(content) > LARGEST:
        raise _Unfit(
            _finding("Y06", 1, f"The file is larger than {LARGEST:,} bytes.", "Keep to one notice in a file.")
        )
    if isinstance(content, str):
        text = content
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            line = content.count(b"\n", 0, problem.start) + 1
            raise _Unfit(
                _finding(
                    "Y02",
                    line,
                    f"Byte {problem.start + 1} is not UTF-8 text.",
                    "Save the file as UTF-8 text, not as a document or in an older encoding.",
                )
            ) from None
    if unfit := _UNFIT.search(text):
        number = len(re.findall(r"\r\n?|\n", text[: unfit.start()])) + 1
        raise _Unfit(
            _finding(
                "Y02",
                number,
                f"Character U+{ord(unfit[0]):04X} cannot stand in a notice.",
                "Take it out, and save the file as plain UTF-8 text.",
            )
        )
    return text


def _values(text: str, marks: dict[Path, int]) -> Any:
    """Build plain values from the parser's events, in one pass: nothing is expanded, so nothing can swell."""
    try:
        events = _Events(text)
        events.skip(yaml.StreamStartEvent)
        if isinstance(events.next, yaml.StreamEndEvent):
            raise _Unfit(_finding("Y09", 1, "The file is empty.", "Begin with `format: 1`; a pack shows the rest."))
        events.skip(yaml.DocumentStartEvent)
        value = _Values(events, marks).read((), 1)
        events.skip(yaml.DocumentEndEvent)
        if not isinstance(events.next, yaml.StreamEndEvent):
            raise _Unfit(
                _finding(
                    "Y03", events.line, "A second document begins here (`---`).", "Keep to one notice in a file."
                )
            )
        return value
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise _Unfit(
            _finding(
                "Y03",
                min(mark.line + 1, max(len(text.splitlines()), 1)) if mark else 1,  # never the line after the last
                f"This is not well-formed YAML: {problem.problem or problem.context}.",
                "Check indentation, quotation marks and colons here and on the line above.",
            )
        ) from None
    except (yaml.YAMLError, ValueError, OverflowError):  # escapes and directives are read without bounds
        raise _Unfit(_finding("Y03", 1, "This is not well-formed YAML.", "Save it as plain text.")) from None


class _Events:
    """The parser's events, with the bounds that keep a hostile file small."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=_LOADER)
        self._count = 0
        self.next: yaml.Event = next(self._events)

    @property
    def line(self) -> int:
        mark = self.next.start_mark
        return int(mark.line) + 1 if mark else 1

    def take(self) -> yaml.Event:
        event = self.next
        self._count += 1
        if self._count > MOST_NODES:
            raise _Unfit(
                _finding(
                    "Y06", self.line, f"There are more than {MOST_NODES:,} parts.", "Keep to one notice in a file."
                )
            )
        if isinstance(event, yaml.AliasEvent) or (isinstance(event, yaml.NodeEvent) and event.anchor is not None):
            raise _Unfit(
                _finding(
                    "Y05",
                    self.line,
                    f"The shorthand `{event.anchor}` (& or *) is not allowed here.",
                    "Write the words out in each place.",
                )
            )
        if getattr(event, "tag", None) is not None:
            raise _Unfit(_finding("Y08", self.line, "A tag (!) means nothing in a notice.", "Take the tag away."))
        self.next = next(self._events, event)
        return event

    def skip(self, kind: type[yaml.Event]) -> None:
        event = self.take()
        assert isinstance(event, kind)


class _Values:
    """Turns events into plain values and keeps their lines."""

    def __init__(self, events: _Events, marks: dict[Path, int]) -> None:
        self.events = events
        self.marks = marks

    def read(self, path: Path, depth: int) -> Any:
        line = self.events.line
        self.marks[path] = line
        if depth > DEEPEST:
            raise _Unfit(
                _finding("Y06", line, f"Parts lie more than {DEEPEST} deep.", "Lay the file out like the packs.")
            )
        event = self.events.take()
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            values: list[Any] = []
            while not isinstance(self.events.next, yaml.SequenceEndEvent):
                values.append(self.read((*path, len(values)), depth + 1))
            self.events.take()
            return values
        assert isinstance(event, yaml.ScalarEvent)
        _refuse_control(event.value, line, path)
        return event.value if event.style else _plain(event.value)

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(self.events.next, yaml.MappingEndEvent):
            line = self.events.line
            event = self.events.take()
            if not isinstance(event, yaml.ScalarEvent):
                raise _Unfit(
                    _finding(
                        "Y08", line, "A name is expected here, not a list or a part.", "Write `name: value`.", path
                    )
                )
            name = str(event.value)
            _refuse_control(name, line, path)
            if name in values:
                raise _Unfit(
                    _finding("Y04", line, f"`{name}` stands here twice.", "Keep one of them.", (*path, name))
                )
            values[name] = self.read((*path, name), depth + 1)
            self.marks[*path, name] = line
        self.events.take()
        # A name with nothing after it counts as left out: the linter, not the form, says what is missed.
        return {name: value for name, value in values.items() if value is not None}


def _refuse_control(value: str, line: int, path: Path) -> None:
    """An escape such as `\\e` in quotation marks could drive the terminal that shows a finding."""
    if _UNFIT.search(value):
        raise _Unfit(_finding("Y02", line, "A character that cannot be printed stands here.", "Take it out.", path))


def _plain(value: str) -> Any:
    """The value of text without quotation marks. Few forms: YAML's octal numbers would change a company's number."""
    if value in _TRUTHS:
        return _TRUTHS[value]
    if value in {"", "~", "null"}:
        return None
    if _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _misfits(problem: ValidationError, parsed: ParsedNotice) -> tuple[Finding, ...]:
    """The model's objections as findings, one for each place."""
    found: dict[tuple[int, str], Finding] = {}
    for error in problem.errors(include_url=False):
        path = _in_file(error["loc"], parsed)
        line, shown = parsed.line(path), in_words(path)
        name = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
        if error["type"] == "extra_forbidden":
            finding = _finding(
                "Y07",
                line,
                f"`{name}` is not a name that a notice knows here.",
                "Correct its spelling, or take it out.",
                path,
            )
        elif error["type"] == "missing":
            finding = _finding("Y08", line, f"`{error['loc'][-1]}` is missing here.", "Add it.", path)
        else:
            message, cure = _misfit(name, error)
            finding = _finding("Y08", line, message, cure, path)
        found.setdefault((line, shown), finding)
    return tuple(sorted(found.values(), key=lambda each: (each.line, each.path)))


def _misfit(name: str, error: ErrorDetails) -> tuple[str, str]:
    """What is wrong with a value, and how it is mended."""
    given = error["input"]
    if error["type"] == "string_type" and isinstance(given, bool | int):
        return f"`{name}` should be text.", "Put it in quotation marks."
    expected = str(error.get("ctx", {}).get("expected", ""))
    words = re.findall(r"'([^']+)'", expected)
    if words and error["type"] in {"enum", "literal_error"} and isinstance(given, str):
        nearest = difflib.get_close_matches(given, words, 1)
        meant = f"; perhaps `{nearest[0]}` is meant" if nearest else ""
        few = f" Known are: {', '.join(words)}." if len(words) <= _FEW else ""
        return (
            f"`{given[:40]}` is no word that `{name}` knows{meant}.{few}",
            "Take a word from docs/reference/notice.schema.json.",
        )
    return (
        f"`{name}` does not fit: {error['msg'][:1].lower()}{error['msg'][1:160]}.",
        "Give it a value of the kind that the format asks for.",
    )


def _in_file(loc: tuple[int | str, ...], parsed: ParsedNotice) -> Path:
    """The part of a place in the model that stands in the file too: the model adds names of alternatives."""
    path: Path = ()
    for step in loc:
        if (*path, step) in parsed.marks:
            path = (*path, step)
    return path
