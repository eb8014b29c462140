"""Interleaved medians: A B A B …, so that a machine whose speed drifts does not decide the ratio."""

import gc
import statistics
import time
from collections.abc import Callable


def rounds_of(rounds: int, **work: Callable[[], object]) -> dict[str, list[float]]:
    """The seconds of each piece of work in so many rounds, after one that is not counted; the order turns each round."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(rounds + 1):
        pieces = list(work.items())
        for name, run in pieces if turn % 2 else reversed(pieces):
            gc.collect()
            began = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def interleaved(rounds: int, **work: Callable[[], object]) -> dict[str, float]:
    """The median seconds of each piece of work over so many rounds."""
    return {name: statistics.median(values) for name, values in rounds_of(rounds, **work).items()}


def ratio_of(seconds: dict[str, list[float]], ours: str, theirs: str) -> float:
    """The median of the ratios of neighbouring rounds: what slowed a whole round counts on both sides."""
    return statistics.median(a / b for a, b in zip(seconds[ours], seconds[theirs], strict=True))


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
