"""What a process that holds keys does first, so that they do not end in a file: no core dumps, no attaching, private files."""

import ctypes
import os
import resource

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4


def harden() -> None:
    """This will forbid core dumps and tracing of this process, and make the files it creates its owner's alone (pitfalls B2)."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = getattr(ctypes.CDLL(None), "prctl", None)
    if asked is not None:
        asked(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def can_be_dumped() -> bool:
    """Whether this process could still leave its memory in a core file."""
    asked = getattr(ctypes.CDLL(None), "prctl", None)  # Linux alone has it
    if asked is not None:
        return bool(asked(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 1)
    return resource.getrlimit(resource.RLIMIT_CORE)[0] != 0
