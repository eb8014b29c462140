"""
Processing contexts: state a purpose, and what the gate allows opens.

    with processing(Purpose.CARE, Action.READ, by=actor, at=now) as opened:
        admitted, withheld = opened.admit(cards)
        card.allergies            # opens here, or raises Refused

What was not admitted beforehand is decided when it is touched: right, and slower for a list. A context refuses to live
in a generator or coroutine, where it would leak to whoever runs it next (pitfalls B10).
"""

import contextlib
import sys
from datetime import datetime
from types import TracebackType
from typing import Any

from troth.gate import reasons
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.opened import Admission, Opened, subject_of
from troth.gate.rules import PermittedUse
from troth.notice.purposes import Action, Purpose
from troth.vault import keyring

_SUSPENDABLE = 0x20 | 0x80 | 0x200  # generator, coroutine, async generator


class processing:  # noqa: N801  reads as a phrase: `with processing(…):`
    """
    Open a context for reading, exporting or disclosing. Writing is done in acts, which open their own.

    :raises RuntimeError: it was used in a generator or coroutine.
    """

    def __init__(
        self,
        purpose: Purpose,
        action: Action = Action.READ,
        *,
        by: Actor,
        at: datetime,
        find_reason: reasons.FindReason | None = None,
        use: PermittedUse | None = None,
    ) -> None:
        if action is Action.WRITE:
            raise ValueError(
                "Writing is done in an act: decorate the function with @act(Event.…, purpose=Purpose.…)."
            )
        self._options: dict[str, Any] = {"by": by, "at": at, "find_reason": find_reason, "use": use}
        self._what = (purpose, action)

    def __enter__(self) -> Opened:
        frame = sys._getframe(1)
        while frame.f_code.co_filename == contextlib.__file__ and frame.f_back is not None:
            frame = frame.f_back  # an ExitStack enters it for somebody
        if frame.f_code.co_flags & _SUSPENDABLE:
            raise RuntimeError(
                "A processing context cannot be opened in a generator or coroutine: it would stay open for "
                "whoever runs next. Collect the values in a list inside the context."
            )
        return self.enter()

    def enter(self) -> Opened:
        """Open it from the kernel's own wrappers, which end it with `leave`."""
        self._boundary = boundary()
        into = self._boundary.__enter__()
        self.opened = Opened(*self._what, into=into, **self._options)
        self._outer, into.innermost = into.innermost, self.opened
        self._token = keyring.current.set(self.opened.ring)
        return self.opened

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        keyring.current.reset(self._token)
        self.opened._boundary.innermost = self._outer
        self.opened._gather()
        self.opened.ring.close()
        self._boundary.__exit__(kind, error, trace)

    leave = __exit__


__all__ = ["Admission", "Opened", "processing", "subject_of"]
