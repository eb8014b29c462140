"""
One opened field against AES-256-GCM of `cryptography` opening the very blobs that are stored.

`page`: every field of fifty people with six each, in a context of its own: what admit does in memory (the queries are
those of the page, and counted there) and the unwrapping of fifty keys shared out among three hundred fields.
`cold`: a row's first field, its key still wrapped. `hot`: every further one.
"""

from datetime import UTC, datetime
from statistics import median
from time import process_time
from typing import Any
from unittest.mock import patch

from bench.ground import Figure, engine, main
from bench.timing import ratio_of

PEOPLE, LIMIT = 50, 2.5
FIELDS = ("name", "born_on", "telephone", "email", "note", "active")


def measure(small: bool) -> list[Figure]:
    from bench.cast import booked_people, prescriber, save_card
    from bench.specimens.models import Card
    from troth.gate.contexts import processing
    from troth.notice.purposes import Purpose

    now = datetime.now(UTC)
    actor = prescriber(now)
    people = booked_people(PEOPLE, by=actor, at=now)
    for number, subject in enumerate(people):
        save_card(subject, number, by=actor, at=now)
    rows = list(Card.objects.filter(subject_id__in=people))
    bare = _bare_openings(rows, now, actor)

    def aes() -> None:
        for cipher, blob, bound_to in bare:
            cipher.decrypt(blob[1:13], blob[13:], bound_to)

    inside: dict[str, list[float]] = {"admit": [], "cold": [], "fields": []}

    def page() -> None:
        with processing(Purpose.CARE, by=actor, at=now) as opened, _Answered(opened) as asked:
            began = process_time()
            admitted, _ = opened.admit(rows)
            inside["admit"].append(process_time() - began - asked.seconds)
            began = process_time()
            for row in admitted:
                row.name, row.born_on, row.telephone, row.email, row.note, row.active  # noqa: B018
            inside["fields"].append(process_time() - began)

    def cold() -> None:
        with processing(Purpose.CARE, by=actor, at=now) as opened:
            admitted, _ = opened.admit(rows)
            began = process_time()
            for row in admitted:
                row.name  # noqa: B018
            inside["cold"].append(process_time() - began)
            began = process_time()
            for row in admitted:
                row.name, row.born_on, row.telephone, row.email, row.note, row.active  # noqa: B018
            hot.append(process_time() - began)

    hot: list[float] = []
    rounds = 30 if small else 200
    aes_s: list[float] = []
    for _ in range(rounds + 5):  # processor time: nothing here waits, and a busy machine would be counted otherwise
        began = process_time()
        aes()
        aes_s.append(process_time() - began)
        page()
        cold()
    shares = {name: found[5:] for name, found in inside.items()}
    count = len(bare)
    whole = {
        "aes": aes_s[5:],
        "page": [a + f for a, f in zip(shares["admit"], shares["fields"], strict=True)],
        "hot": hot[5:],
        "cold": [each * len(FIELDS) for each in shares["cold"]],
        "fields": shares["fields"],
        "admit": shares["admit"],
    }
    micros = {name: median(found) / count * 1e6 for name, found in whole.items()}
    return [
        Figure(
            "one opened field, its page's share of admit and unwrap",
            engine(),
            ratio_of(whole, "page", "aes"),
            LIMIT,
            detail={
                "us": micros["page"],
                "aes us": micros["aes"],
                "of it admit us": micros["admit"],
                "fields us": micros["fields"],
            },
        ),
        Figure(
            "one field of a row already open (hot)",
            engine(),
            ratio_of(whole, "hot", "aes"),
            None,
            detail={"us": micros["hot"]},
        ),
        Figure(
            "a row's first field, key to unwrap (cold)",
            engine(),
            ratio_of(whole, "cold", "aes"),
            None,
            detail={"us": micros["cold"]},
        ),
    ]


class _Answered:
    """Counts the seconds that the two stores take to answer, so that what admit does in memory can be told from them."""

    def __init__(self, opened: Any) -> None:
        self.seconds = 0.0

    def __enter__(self) -> "_Answered":
        from contextlib import ExitStack

        from django.db import connections

        from troth.gate import reasons

        self.stack = ExitStack()
        for alias in ("default", "keys"):
            self.stack.enter_context(connections[alias].execute_wrapper(self._timed))
        self.stack.enter_context(patch.object(reasons, "answer_for", self._answer(reasons.answer_for)))
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def _answer(self, ask: Any) -> Any:
        """A room's answer is its query: the ORM that it is asked through is the room's own."""

        def answer_for(*args: Any, **kwargs: Any) -> Any:
            before, began = self.seconds, process_time()
            try:
                return ask(*args, **kwargs)
            finally:
                self.seconds = before + process_time() - began

        return answer_for

    def _timed(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = process_time()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += process_time() - began


def _bare_openings(rows: list[Any], now: datetime, actor: Any) -> list[tuple[Any, bytes, bytes]]:
    """Each stored blob with its cipher made and what it is bound to: all that AESGCM needs."""
    from bench.specimens.models import BODY, Card
    from troth.vault import keystore

    held = keystore.fetch([row.subject_id for row in rows], [BODY])
    fields = {field.attname: field for field in Card.sealed_fields()}
    found = []
    for row in rows:
        name = (row.subject_id.int, BODY, "")
        cipher = keystore.unwrap(name, held[name])
        for attribute in FIELDS:
            found.append(
                (
                    cipher,
                    row.__dict__[attribute].blob,
                    fields[attribute].bound_id + row.pk.bytes + row.subject_id.bytes,
                )
            )
    return found


if __name__ == "__main__":
    main(measure)
