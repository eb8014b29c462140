"""Documents for other people's machines: JSON that a person can still find their way in."""

import json
from collections.abc import Mapping
from typing import Any


def json_of(document: Mapping[str, Any], *, ascii_only: bool = False) -> bytes:
    """
    JSON with a line for each member, and within a member that is a list a line for each entry, in UTF-8.

    `json.dumps(…, indent=1)` is written by the encoder in Python, which takes several times as long.

    :raises TypeError: a value is none that JSON has.
    """

    def said(value: Any) -> str:
        return json.dumps(value, ensure_ascii=ascii_only)

    members = [
        f" {said(name)}: [\n  " + ",\n  ".join(map(said, value)) + "\n ]"
        if isinstance(value, list | tuple) and value
        else f" {said(name)}: {said(value)}"
        for name, value in document.items()
    ]
    return ("{\n" + ",\n".join(members) + "\n}").encode() if members else b"{}"
