"""Jobs that only the tests know, for the processes that `child.py` starts."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from troth.work.queue import Backoff, job
from troth.work.worker import Running

AT_ONCE = Backoff(timedelta(0), timedelta(0))


def tally(kind: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO work_tally (kind, number) VALUES (%s, %s)", [kind, number])


@job(retries=0)
def mark(number: int) -> None:
    tally("mark", number)


@job(retries=1000, backoff=AT_ONCE, effect_key="paid:{number}")
def pay(number: int) -> None:
    tally("paid", number)
    time.sleep(0.004)


@job(retries=1000, backoff=AT_ONCE)
def pay_carelessly(number: int) -> None:
    tally("paid", number)


@job(retries=2, backoff=AT_ONCE)
def fell_the_worker(number: int) -> None:
    tally("felled", number)
    os._exit(9)


@job()
def take_long(number: int) -> None:
    print("begun", flush=True)
    time.sleep(1)
    tally("long", number)


@job()
def look() -> None: ...


@contextmanager
def slow_boundary(running: Running) -> Iterator[None]:
    yield
    time.sleep(0.004)  # leaves room for a death between the effect's commit and its note


@contextmanager
def deadly_boundary(running: Running) -> Iterator[None]:
    yield
    if running.attempt == 1:
        sys.stdout.flush()
        os._exit(9)
