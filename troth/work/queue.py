"""
Jobs: `@job` declares one, `enqueue` asks for it in the caller's transaction, `claim` and `settle` are the worker's.

Delivery is at least once: a worker can die between an effect and its note. Give a job an `effect_key`, or call `once`
in the transaction that holds the effect, and the effect happens once. Never put a person's words into an argument.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, ParamSpec
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from troth.work.arguments import ArgumentRefused, Parameters, is_code
from troth.work.models import Effect, Job, State
from troth.work.reporting import kind_of, place_of

P = ParamSpec("P")
LONGEST_KEY, LONGEST_NAME = 128, 100


class GiveUp(Exception):
    """Raised in a job, it or a subclass: trying again cannot help, so the job goes to the dead at once."""


class LeftOut(Exception):
    """Raised by the boundary: what the job is for is not done here. The job is over, and was not run."""


class WorkerLost(GiveUp):
    """Every attempt ended with its worker's death; there is no exception to tell of."""


@dataclass(frozen=True)
class Backoff:
    """How long a failed job waits: `first`, doubled at each failure up to `longest`, less up to half by jitter."""

    first: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(hours=1)

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """The pause after failed attempt number `attempt` (from 1), with `jitter` drawn from 0 to 1."""
        whole: timedelta = min(self.first * 2 ** min(attempt - 1, 40), self.longest)
        return whole * (1 - jitter / 2)


@dataclass(frozen=True)
class Declared(Generic[P]):
    """A function that can be run later. Called as it is, it runs now; `enqueue` takes the same arguments."""

    function: Callable[P, None]
    name: str  # room and function, so that moving a file inside its room loses no waiting job
    queue: str
    retries: int
    backoff: Backoff
    effect_key: str | None
    parameters: Parameters = field(repr=False)
    serves: tuple[str, ...] = ()  # the purposes that it serves, as the gate names them; none: the system's own upkeep
    on_behalf_of: str = ""
    asker: str = ""
    run_after: datetime | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self.function(*args, **kwargs)

    def using(
        self,
        *,
        on_behalf_of: UUID | None = None,
        asker: UUID | str = "",
        run_after: datetime | None = None,
        queue: str | None = None,
    ) -> "Declared[P]":
        """
        The same job asked for by `asker` for the subject `on_behalf_of`, not before `run_after`.

        :raises ArgumentRefused: the asker is neither an id nor a code.
        """
        if asker and not isinstance(asker, UUID) and not is_code(asker):
            raise ArgumentRefused("The asker of a job is an id or a code.")
        return replace(
            self,
            on_behalf_of=str(on_behalf_of or ""),
            asker=str(asker),
            run_after=run_after,
            queue=queue or self.queue,
        )

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> UUID:
        """
        Ask for the job in the caller's transaction and return its id; rolled back, it was never asked for.

        :raises ArgumentRefused: an argument is not an identifier, small number, date or code.
        """
        packed = self.parameters.pack(args, kwargs)
        check_key(self.effect(packed))
        now = timezone.now()
        return Job.objects.create(
            name=self.name,
            queue=self.queue,
            arguments=packed,
            on_behalf_of=self.on_behalf_of,
            asker=self.asker,
            asked_at=now,
            run_at=self.run_after or now,
        ).id

    def is_open(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """
        Whether a call with these arguments waits or runs: it will be tried without being asked for again.

        :raises ArgumentRefused: an argument is not an identifier, small number, date or code.
        """
        packed = self.parameters.pack(args, kwargs)
        return Job.objects.filter(name=self.name, arguments=packed, state__in=[State.WAITING, State.RUNNING]).exists()

    def effect(self, arguments: Mapping[str, Any]) -> str:
        """The idempotency key of a call with these arguments, or nothing."""
        return (self.effect_key or "").format(**arguments)


declared: dict[str, Declared[Any]] = {}


def job(
    *,
    queue: str = "default",
    retries: int = 5,
    backoff: Backoff | None = None,
    effect_key: str | None = None,
    serves: tuple[str, ...] = (),
) -> Callable[[Callable[P, None]], Declared[P]]:
    """
    Declare a function in a room's `jobs.py` as a job that is tried once and then `retries` times more.

    With an `effect_key` such as `"letter_sent:{letter}"` the whole job is one transaction that notes the key: its
    writes happen once, however often it is delivered or asked for. Without, it runs outside any transaction.

    `serves` names purposes: the job is left out while the notice in force declares none of them.

    :raises ArgumentRefused: a parameter is annotated with something that may not be stored.
    :raises KeyError: the key names something that is no parameter.
    :raises ValueError: its name is taken by another job of the room, is too long, or has capitals.
    """

    def declare(function: Callable[P, None]) -> Declared[P]:
        room = function.__module__.removeprefix("troth.").removesuffix(".jobs")
        made = Declared(
            function,
            f"{room}.{function.__name__}",
            queue,
            retries,
            backoff or Backoff(),
            effect_key,
            Parameters(function),
            serves,
        )
        made.effect(dict.fromkeys(made.parameters.kinds, ""))  # a key that names no parameter fails here, at import
        if made.name in declared or not is_code(made.name, LONGEST_NAME):
            raise ValueError(f"{made.name} is taken by another job, or is not small letters, or is too long.")
        declared[made.name] = made
        return made

    return declare


def check_key(key: str) -> None:
    """
    Refuse an idempotency key that is not made of identifiers and codes; none at all is well.

    :raises ArgumentRefused: it is not, or too long.
    """
    if key and not is_code(key, LONGEST_KEY):
        raise ArgumentRefused(f"An effect's key is a code of at most {LONGEST_KEY} characters.")


def once(key: str) -> bool:
    """
    Note that the effect `key` happens in this transaction; False if it already happened, in which case do nothing.

    An effect outside the database (a mail, a payment) cannot share the transaction: hand `key` to the other side.

    :raises TransactionManagementError: no transaction is open, so the note could outlive a failed effect.
    :raises ArgumentRefused: the key is not made of identifiers and codes.
    """
    check_key(key)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Call once() inside the transaction that holds the effect.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO work_effect (key, done_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [key, _moment(timezone.now())],
        )
        return bool(cursor.rowcount == 1)


def happened(key: str) -> bool:
    """Whether the effect `key` has happened. To do it once, call `once`: between this answer and yours another may come."""
    return Effect.objects.filter(key=key).exists()


def which_happened(keys: Iterable[str]) -> set[str]:
    """Those of the effects that have happened."""
    return set(Effect.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def claim(worker: str, *, queues: Iterable[str] | None, limit: int, lease: timedelta, at: datetime) -> list[Job]:
    """
    Take up to `limit` due jobs, or jobs of dead workers, for `worker` until `at + lease`; `queues` None means all.

    Only jobs that this process knows are taken, so that an older worker leaves a newer release's jobs alone.
    """
    names, wanted = sorted(declared), sorted(queues or ())
    if not names:
        return []
    only = f"AND queue IN ({_marks(wanted)})" if wanted else ""
    # SQLite has one writer at a time and needs no row lock; all else is the same statement. MATERIALIZED, because
    # PostgreSQL may otherwise run the inner SELECT again for each row and take more than `limit`.
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    statement = f"""
        WITH due AS MATERIALIZED (
            SELECT id FROM work_job
            WHERE state IN ('waiting', 'running') AND run_at <= %s AND (lease_until IS NULL OR lease_until <= %s)
              AND name IN ({_marks(names)}) {only}
            ORDER BY run_at LIMIT %s {lock})
        UPDATE work_job SET state = 'running', worker = %s, lease_until = %s, attempts = attempts + 1
        WHERE id IN (SELECT id FROM due) RETURNING *"""  # noqa: S608 (marks and constants only)
    now = _moment(at)
    with transaction.atomic():
        return list(Job.objects.raw(statement, [now, now, *names, *wanted, limit, worker, _moment(at + lease)]))


def renew(taken: Job, *, lease: timedelta, at: datetime) -> bool:
    """Keep a running job its worker's own until `at + lease`; False if it no longer is."""
    return bool(_still_mine(taken).update(lease_until=at + lease))


def settle(taken: Job, failure: BaseException | None, *, jitter: float, at: datetime) -> State | None:
    """
    Write down how an attempt ended; None if the job was taken over meanwhile and this attempt no longer counts.

    Of an exception only its class, file and line are kept: its words may be a person's (pitfalls B5, B8).
    """
    known = declared[taken.name]
    changes: dict[str, Any] = {"state": State.DONE, "finished_at": at}
    if failure is not None:
        changes.update(failed_with=kind_of(failure)[:200], failed_where=place_of(failure.__traceback__)[:200])
        if isinstance(failure, GiveUp | ArgumentRefused) or taken.attempts > known.retries:
            changes["state"] = State.DEAD
        else:
            later = at + known.backoff.delay(taken.attempts, jitter)
            changes.update(state=State.WAITING, finished_at=None, run_at=later)
    return changes["state"] if _still_mine(taken).update(worker="", lease_until=None, **changes) else None


def list_dead() -> list[dict[str, Any]]:
    """The jobs that will not be tried again, newest first, as plain values for the office."""
    fields = (
        "id",
        "name",
        "queue",
        "asker",
        "on_behalf_of",
        "attempts",
        "asked_at",
        "finished_at",
        "failed_with",
        "failed_where",
    )
    return list(Job.objects.filter(state=State.DEAD).order_by("-finished_at").values(*fields))


def revive(job_id: UUID, *, at: datetime) -> bool:
    """Let a dead job be tried afresh; False if it is not dead."""
    dead = Job.objects.filter(pk=job_id, state=State.DEAD)
    return bool(dead.update(state=State.WAITING, attempts=0, run_at=at, finished_at=None))


def _still_mine(taken: Job) -> QuerySet[Job]:
    # The number of the attempt fences off a worker that was taken for dead and comes back.
    return Job.objects.filter(pk=taken.pk, state=State.RUNNING, worker=taken.worker, attempts=taken.attempts)


def _marks(values: list[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
