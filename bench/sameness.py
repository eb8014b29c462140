"""
Known and unknown addresses cannot be told apart by the time that an answer takes.

    python -m bench.sameness [--tries 500] [--full-hash] [--json FILE]

Each journey is asked in turn with a known and an unknown address, in an order drawn anew for each pair, in one process on SQLite.
The password hash is turned down to a hundredth, for everybody alike, so that what differs beside it is seen the better;
`--full-hash` leaves it as it is. The Mann-Whitney test says how likely differences as large as those found are when there is none;
since five journeys are looked at, one is called a difference below 0.01. Processor time is compared as well: a busy machine blurs
it least.
"""

import argparse
import base64
import gc
import json
import logging
import math
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench.ground import deployment, say

LEAST_LIKELY = 0.01


@dataclass(frozen=True)
class Compared:
    """One journey: medians in milliseconds, and how likely such a difference is by chance, by the clock and by the processor."""

    journey: str
    tries: int
    known_ms: float
    unknown_ms: float
    p_clock: float
    p_processor: float

    @property
    def alike(self) -> bool:
        """Whether nothing can be told."""
        return min(self.p_clock, self.p_processor) >= LEAST_LIKELY


def mann_whitney(one: list[float], other: list[float]) -> float:
    """The two-sided p of the Mann-Whitney U test, by the normal approximation, with ties counted half."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, ties, start = 0.0, 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        size = end - start
        ties += size**3 - size
        ranks += (start + 1 + end) / 2 * sum(1 for _, which in ranked[start:end] if which == 0)
        start = end
    m, n = len(one), len(other)
    u = ranks - m * (m + 1) / 2
    total = m + n
    spread = math.sqrt(m * n / 12 * (total + 1 - ties / (total * (total - 1))))
    return math.erfc(abs(u - m * n / 2) / spread / math.sqrt(2)) if spread else 1.0


def compare(
    journey: str, ask: Callable[[str, int], Any], known: list[str], unknown: list[str], *, status: int
) -> Compared:
    """Ask with each address once, pair by pair; each is answered with `status`."""
    clock: dict[str, list[float]] = {"known": [], "unknown": []}
    processor: dict[str, list[float]] = {"known": [], "unknown": []}
    statuses = set()
    gc.disable()
    for number, pair in enumerate(zip(known, unknown, strict=True)):
        named = list(zip(("known", "unknown"), pair, strict=True))
        random.shuffle(named)
        gc.collect(0)
        for which, email in named:
            began, worked = time.perf_counter(), time.process_time()
            response = ask(email, 2 * number + (which == "known"))
            processor[which].append(time.process_time() - worked)
            clock[which].append(time.perf_counter() - began)
            statuses.add(response.status_code)
    gc.enable()
    assert statuses == {status}, f"{journey} was answered with {statuses}"
    return Compared(
        journey,
        len(known),
        round(1000 * statistics.median(clock["known"]), 2),
        round(1000 * statistics.median(clock["unknown"]), 2),
        round(mann_whitney(clock["known"], clock["unknown"]), 3),
        round(mann_whitney(processor["known"], processor["unknown"]), 3),
    )


def network(number: int, of: int) -> str:
    """An address of its own for each try, so that no throttle is met."""
    return f"10.{of}.{number // 250}.{number % 250 + 1}"


def measure(tries: int, *, full_hash: bool) -> list[Compared]:
    """Make the people, and go every journey."""
    from django.conf import settings
    from django.test import Client, RequestFactory
    from django.utils import timezone

    from troth.config import settings as clinics
    from troth.config.passwords import PasswordHasher
    from troth.gate import actors
    from troth.people import services
    from troth.people.middleware import Browser

    if not full_hash:
        PasswordHasher.time_cost, PasswordHasher.memory_cost, PasswordHasher.parallelism = 1, 1024, 1
    logging.disable(logging.WARNING)  # that a form was refused is what is asked for here
    settings.ALLOWED_HOSTS = ["testserver"]
    # The clinic's own pages behind its own middleware, and not those of the other benchmarks.
    settings.ROOT_URLCONF, settings.MIDDLEWARE = clinics.ROOT_URLCONF, clinics.MIDDLEWARE
    typed: dict[str, Any] = {
        "given_name": "Wren",
        "family_name": "Aspinall",
        "telephone": "07700 900321",
        "address": "4 Weir Terrace, Ripon",
        "postcode": "HG4 1CI",
    }
    birth = {"born_on_day": "3", "born_on_month": "5", "born_on_year": "1984"}
    say(f"making {tries} people with accounts")
    known = [f"known{number:04}@post.example" for number in range(tries)]
    unknown = [f"other{number:04}@post.example" for number in range(tries)]
    subjects = {}
    for number, email in enumerate(known):
        subjects[email] = services.register_patient(
            by=actors.NOBODY,
            at=timezone.now(),
            email=email,
            password="oatcake-lantern-heron",
            born_on=date(1984, 5, 3),
            **typed,
        )
        own = actors.person(subjects[email], at=timezone.now())
        secret = base64.b32encode(random.randbytes(20)).decode()
        services.add_app(subjects[email], by=own, at=timezone.now(), secret=secret, step=number)

    def posting(path: str, of: int, words: dict[str, str]) -> Callable[[str, int], Any]:
        def ask(email: str, number: int) -> Any:
            return Client(REMOTE_ADDR=network(number, of)).post(path, {**words, "email": email})

        return ask

    def guess_code(email: str, number: int) -> Any:
        """The code is wrong, the password before it was right (known) or not: where many guess at once it is asked of everybody."""
        client = Client(REMOTE_ADDR=network(number, 5))
        request = RequestFactory().get("/")
        request.at = timezone.now()  # type: ignore[attr-defined]
        browser = Browser(request, None)
        browser.await_second(subjects.get(email), f"{number:064x}", "0" * 64)
        client.cookies["troth_second"] = browser._second or ""
        return client.post("/sign-in/second/", {"code": "000000"})

    wrong = {"password": "not-the-password"}
    journeys = {
        "sign in, wrong password": posting("/sign-in/", 1, wrong),
        "second step, wrong code": guess_code,
        "register": posting("/register/", 2, {**typed, **birth, "password": "gantry-thistle-9"}),
        "ask for a link": posting("/reset/", 3, {}),
        "claim, wrong code": posting("/claim/", 4, {**birth, "code": "AAAA-AAAA", "password": "gantry-thistle-9"}),
    }
    found = []
    for name, ask in journeys.items():
        if name.startswith("claim"):
            ask = _with_codes(birth)
        for number in range(6):  # warm
            ask(f"warm{number}@post.example", 60_000 + number)
        found.append(compare(name, ask, known, unknown, status=422 if "wrong" in name else 302))
        say(line_of(found[-1]))
    return found


def _with_codes(birth: dict[str, str]) -> Callable[[str, int], Any]:
    """A code of its own for each try: one is tried five times only."""
    from django.test import Client

    from troth.people.selectors.steps import CODE_LETTERS

    def ask(email: str, number: int) -> Any:
        letters = "".join(CODE_LETTERS[number // 29**place % 29] for place in range(4))
        words = {**birth, "code": f"AAAA-{letters}", "password": "gantry-thistle-9", "email": email}
        return Client(REMOTE_ADDR=network(number, 4)).post("/claim/", words)

    return ask


def line_of(each: Compared) -> str:
    """One line of the table."""
    return (
        f"{each.journey:<26} {each.known_ms:>8.2f} ms known {each.unknown_ms:>8.2f} ms unknown   "
        f"p {each.p_clock:.3f} (processor {each.p_processor:.3f})  {'alike' if each.alike else 'DIFFERENT'}"
    )


def main() -> int:
    """Measure, say, and exit with 1 when something can be told apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=500)
    parser.add_argument(
        "--full-hash", action="store_true", help="leave the password hash as slow as it is in a clinic"
    )
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with deployment():
        found = measure(args.tries, full_hash=args.full_hash)
    if args.json:
        args.json.write_text(json.dumps([asdict(each) for each in found], indent=1))
    return 0 if all(each.alike for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
