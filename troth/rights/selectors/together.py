"""The copies of several records of one person as one: each in a folder of its own, as it would be alone (decision 0105)."""

import hashlib
from collections.abc import Sequence

from troth.rights.selectors.copying import Copy


def together(copies: Sequence[Copy]) -> Copy:
    """
    One copy out of those of a person's records, the first as it is and each other in a folder, with a line that says so.

    Each folder has its own list of events: their numbers run for each record by itself, and are checked for each by itself.
    """
    if len(copies) == 1:
        return copies[0]
    texts, files = dict(copies[0].texts), list(copies[0].files)
    said = [texts.pop("READ-ME.txt", b"").decode()]
    for number, copy in enumerate(copies[1:], start=2):
        folder = f"record-{number}"
        texts |= {f"{folder}/{name}": content for name, content in copy.texts.items()}
        files += [(f"{folder}/{path}", stored) for path, stored in copy.files]
        said.append(f"{folder}/       the same from another record of yours, which is linked with this one")
    texts["READ-ME.txt"] = "\n".join(said).encode()
    return Copy(
        texts,
        tuple(files),
        hashlib.sha256("".join(copy.digest for copy in copies).encode()).hexdigest(),
        sum(copy.held_back for copy in copies),
        copies[0].made_at,
    )
