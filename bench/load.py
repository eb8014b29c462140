"""Eight clients at once for some seconds, in one process of their own so that their own work is the same whoever answers."""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.timing import percentile

CLIENTS = 8


@dataclass
class Answers:
    """What came back: seconds of each answer, and how often each status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    lasted: float = 0.0

    def add(self, other: "Answers") -> None:
        """Another round of the same."""
        self.seconds += other.seconds
        self.statuses += other.statuses
        self.troubles += other.troubles
        self.lasted += other.lasted

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.statuses[200] / self.lasted

    def milliseconds(self) -> dict[str, float]:
        """Median and 95th percentile."""
        return {"median ms": statistics.median(self.seconds) * 1e3, "p95 ms": percentile(self.seconds, 0.95) * 1e3}


def run(ask: Callable[[int, int], tuple[float, int]], seconds: float) -> Answers:
    """Have eight threads ask, each again as soon as it is answered: `ask(client, turn)` gives seconds and status."""
    found = [Answers() for _ in range(CLIENTS)]
    start = threading.Barrier(CLIENTS + 1)

    def client(number: int) -> None:
        turn = 0
        start.wait()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                took, status = ask(number, turn)
            except Exception as error:  # counted as an answer that is not good, and told at the end
                found[number].troubles.append(f"{type(error).__name__}: {str(error)[:200]}")
                took, status = 0.0, 0
                time.sleep(0.05)
            found[number].seconds.append(took)
            found[number].statuses[status] += 1
            turn += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    whole = Answers(lasted=time.perf_counter() - began)
    for each in found:
        whole.seconds += each.seconds
        whole.statuses += each.statuses
        whole.troubles += each.troubles
    return whole
