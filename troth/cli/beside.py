"""
Processes of ours beside the one that serves: the ledger's sealer, and a demonstration's worker.

Each is a program of its own and no fork, so that it may be started again at any time: by then the server has threads, and a fork
would copy their locks as they happen to stand.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0  # seconds before it is started again; twice as long each time it ends soon after
LONGEST_PAUSE = 30.0
STEADY = 60.0  # who ran so long is not in a loop of failing: the pause is the first one again


class Beside:
    """
    A `troth` command that runs beside this process and is started again when it ends unasked. Never two of it at once.

    The command must take `--beside PID` and end when that process is gone, however that went.
    """

    def __init__(self, name: str, *words: str, first_pause: float = FIRST_PAUSE) -> None:
        self.name = name
        self.command: Sequence[str] = (sys.executable, "-m", "troth.cli.main", *words, "--beside", str(os.getpid()))
        self._first_pause = first_pause
        self._stopping = threading.Event()
        self._one = threading.Lock()  # held while the process is started or told to end
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of the {name}", daemon=True)

    def start(self) -> None:
        """Start it, and keep it running from now on."""
        self._begin()
        self._keeper.start()

    def end(self, timeout: float) -> None:
        """Tell it to end and wait so many seconds. One that needs longer ends by itself once this process is gone."""
        self._stopping.set()
        with self._one:
            if self._process is not None:
                self._process.terminate()
        self._keeper.join(timeout)

    def _begin(self) -> None:
        with self._one:
            if self._stopping.is_set():
                return
            try:
                # A group of its own: Ctrl-C is for the server, which tells it to end when the last answer is given.
                self._process = subprocess.Popen(self.command, process_group=0)  # noqa: S603  our own command
            except OSError as fault:
                self._process = None
                log.error("The %s could not be started: %s.", self.name, fault.strerror)

    def _keep(self) -> None:
        pause = self._first_pause
        while True:
            began = time.monotonic()
            code = self._process.wait() if self._process is not None else None
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STEADY:
                pause = self._first_pause
            log.error("The %s ended unasked (%s). It is started again in %s seconds.", self.name, code, pause)
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE)
            self._begin()
