"""Reading a notice file: YAML with the line of every node. Whatever the bytes, the answer is findings, never a traceback."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as FilePath
from typing import Any

import yaml
from pydantic import ValidationError

from troth.notice.findings import Finding, Level, Path, in_words
from troth.notice.schema import Notice

LARGEST = 1_000_000  # bytes; the fullest real notice is a twentieth of it
DEEPEST = 24
MOST_NODES = 60_000

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# `NO` in capitals stays text: it is Norway.
_TRUTHS = {"true": True, "True": True, "yes": True, "Yes": True, "false": False, "False": False, "no": False, "No": False}
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
    """Read a notice file. This will never raise for what the file holds: findings say what is wrong and on which line."""
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
        tree = _compose(text)
        value = _Values(marks).of(tree, ())
    except _Unfit as unfit:
        return ParsedNotice(source, text, None, (unfit.finding,), marks)
    if not isinstance(value, dict):
        found = _finding("Y08", 1, "The file is not a list of named parts.", "Begin with `format: 1`, then `controller:`.")
        return ParsedNotice(source, text, None, (found,), marks)
    try:
        return ParsedNotice(source, text, Notice.model_validate(value), (), marks)
    except ValidationError as problem:
        parsed = ParsedNotice(source, text, None, (), marks)
        return ParsedNotice(source, text, None, _misfits(problem, parsed), marks)


def _decode(content: bytes | str) -> str:
    if len(content) > LARGEST:
        raise _Unfit(_finding("Y06", 1, f"The file is larger than {LARGEST:,} bytes.", "Keep to one notice in a file."))
    if isinstance(content, str):
        text = content
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            line = content.count(b"\n", 0, problem.start) + 1
            raise _Unfit(_finding("Y02", line, f"Byte {problem.start + 1} is not UTF-8 text.",
                                  "Save the file as UTF-8 text, not as a document or in an older encoding.")) from None
    for number, line_text in enumerate(text.split("\n"), start=1):
        for character in line_text:
            if yaml.reader.Reader.NON_PRINTABLE.match(character):
                raise _Unfit(_finding("Y02", number, f"Character U+{ord(character):04X} cannot stand in a text file.",
                                      "Save the file as plain UTF-8 text."))
    return text


def _compose(text: str) -> yaml.Node:
    loader = yaml.SafeLoader(text)
    try:
        _refuse_aliases(text)
        tree = loader.get_single_node()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise _Unfit(_finding("Y03", mark.line + 1 if mark else 1,
                              f"This is not well-formed YAML: {problem.problem or problem.context}.",
                              "Check indentation, quotation marks and colons on this line and the one above.")) from None
    except yaml.YAMLError:
        raise _Unfit(_finding("Y03", 1, "This is not well-formed YAML.", "Save it as plain text.")) from None
    except RecursionError:
        raise _Unfit(_finding("Y06", 1, f"Parts lie more than {DEEPEST} deep.", "Lay the file out like the packs.")) from None
    except ValueError as problem:  # PyYAML reads numbers in escapes and directives without bounds
        raise _Unfit(_finding("Y03", 1, f"This is not well-formed YAML: {problem}.", "Save it as plain text.")) from None
    finally:
        loader.dispose()
    if tree is None:
        raise _Unfit(_finding("Y09", 1, "The file is empty.", "Begin with `format: 1`; a pack shows the rest."))
    return tree


def _refuse_aliases(text: str) -> None:
    """Refuse `&name` and `*name`: nested, they swell a page to gigabytes, and a notice reads worse with them."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or (isinstance(event, yaml.NodeEvent) and event.anchor is not None):
            raise _Unfit(_finding("Y05", line, f"The shorthand `{event.anchor}` (& or *) is not allowed here.",
                                  "Write the words out in each place."))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or number > MOST_NODES:
            raise _Unfit(_finding("Y06", line, f"Parts lie more than {DEEPEST} deep, or there are over {MOST_NODES:,}.",
                                  "Lay the file out like the packs."))


class _Values:
    """Turns nodes into plain values and keeps their lines."""

    def __init__(self, marks: dict[Path, int]) -> None:
        self.marks = marks

    def of(self, node: yaml.Node, path: Path) -> Any:
        self.marks[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.of(child, (*path, place)) for place, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, child in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _Unfit(_finding("Y08", line, "A name is expected here, not a list or a part.",
                                      "Write `name: value`.", path))
            self._refuse_control(key.value, line, path)
            if key.value in values:
                raise _Unfit(_finding("Y04", line, f"`{key.value}` stands here twice.", "Keep one of them.",
                                      (*path, key.value)))
            values[key.value] = self.of(child, (*path, key.value))
            self.marks[*path, key.value] = line
        # A name with nothing after it counts as left out: the linter, not the form, says what is missed.
        return {name: value for name, value in values.items() if value is not None}

    @staticmethod
    def _refuse_control(value: str, line: int, path: Path) -> None:
        """An escape such as `\\e` in quotation marks could drive the terminal that shows a finding."""
        if yaml.reader.Reader.NON_PRINTABLE.search(value):
            raise _Unfit(_finding("Y02", line, "A character that cannot be printed stands here.", "Take it out.", path))

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        value: str = node.value
        self._refuse_control(value, self.marks[path], path)
        if not node.tag.startswith("tag:yaml.org,2002:"):
            raise _Unfit(_finding("Y08", self.marks[path], f"The tag `{node.tag[:40]}` means nothing in a notice.",
                                  "Take the tag away.", path))
        if getattr(node, "style", None) is not None:  # quoted or block text is text
            return value
        # Few forms on purpose: YAML's octal and base-sixty numbers would change company and telephone numbers.
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
    for error in problem.errors(include_url=False, include_context=False, include_input=False):
        path = _in_file(error["loc"], parsed)
        line, shown = parsed.line(path), in_words(path)
        name = str(path[-1]) if path else "the file"
        if error["type"] == "extra_forbidden":
            finding = _finding("Y07", line, f"`{name}` is not a name that a notice knows here.",
                               "Correct its spelling, or take it out.", path)
        elif error["type"] == "missing":
            finding = _finding("Y08", line, f"`{error['loc'][-1]}` is missing here.", "Add it.", path)
        elif error["type"] == "string_type" and not shown.endswith(tuple("0123456789")):
            finding = _finding("Y08", line, f"`{name}` should be text.", "Put it in quotation marks.", path)
        else:
            finding = _finding("Y08", line, f"`{name}` does not fit: {error['msg'][:1].lower()}{error['msg'][1:200]}.",
                               "Give it a value of the kind that the format asks for.", path)
        found.setdefault((line, shown), finding)
    return tuple(sorted(found.values(), key=lambda each: (each.line, each.path)))


def _in_file(loc: tuple[int | str, ...], parsed: ParsedNotice) -> Path:
    """The part of a place in the model that stands in the file too: the model adds names of alternatives."""
    path: Path = ()
    for step in loc:
        if (*path, step) in parsed.marks:
            path = (*path, step)
    return path
