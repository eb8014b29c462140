"""What a process that holds keys does first, so that they do not end in a file: no core dumps, no attaching, private files."""

import ctypes
import os
import resource
import sys

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4


def harden() -> None:
    """This will forbid core dumps and tracing of this process, and make the files it creates its owner's alone (pitfalls B2)."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def can_be_dumped() -> bool:
    """Whether this process could still leave its memory in a core file."""
    if sys.platform == "linux":
        return bool(ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 1)
    return resource.getrlimit(resource.RLIMIT_CORE)[0] != 0
