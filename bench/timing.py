"""Interleaved medians: A B A B …, so that a machine whose speed drifts does not decide the ratio."""

import statistics
import time
from collections.abc import Callable


def interleaved(rounds: int, **work: Callable[[], object]) -> dict[str, float]:
    """The median seconds of each piece of work over so many rounds, after one that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(rounds + 1):
        for name, run in work.items():
            began = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}
