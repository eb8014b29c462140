"""Run as a process of its own by the tests: `python -m troth.work.tests.child COMMAND …` prints JSON last."""

import json
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django

LONG, SHORT = timedelta(minutes=1), timedelta(milliseconds=600)
AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


def main(command: str, *words: str) -> Any:
    from django.core.management import call_command
    from django.db import connection, connections
    from django.db.models import Sum
    from django.utils.module_loading import autodiscover_modules

    from troth.work import queue, schedules, throttle, worker
    from troth.work.models import Job
    from troth.work.reporting import install_hooks
    from troth.work.tests import errands

    if command == "prepare":
        call_command("migrate", "work", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE work_tally (kind varchar(20), number integer)")
        return None
    if command == "enqueue":
        for number in range(int(words[1])):
            getattr(errands, words[0]).enqueue(number)
        return None
    if command == "claim":  # take everything in handfuls and say what was taken
        taken: list[str] = []
        while got := queue.claim(
            words[0], queues=None, limit=int(words[1]), lease=timedelta(hours=1), at=datetime.now(UTC)
        ):
            taken += [str(each.id) for each in got]
        return taken
    if command == "work":  # until no job is open, so that leases of the dead run out and are taken over
        if len(words) > 1:
            worker.register_boundary(getattr(errands, words[1]))
        autodiscover_modules("jobs")
        schedules.scheduled.clear()  # or a test that runs across twenty to four meets the tidying as well
        print("ready", flush=True)
        one = worker.Worker(lease=SHORT if words[0] == "short" else LONG, pause=0.02)
        attempts = 0
        while Job.objects.filter(state__in=["waiting", "running"]).exists() and not one.stopping:
            attempts += one.run(once=True)
            time.sleep(0.02)
        return attempts
    if command == "tell":
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, COUNT(*), COUNT(DISTINCT number) FROM work_tally GROUP BY kind")
            tallies = {kind: [every, distinct] for kind, every, distinct in cursor.fetchall()}
        states = {str(state): Job.objects.filter(state=state).count() for state in queue.State}
        return {
            "tally": tallies,
            "attempts": Job.objects.aggregate(all=Sum("attempts"))["all"],
            **states,
            "failed_with": sorted(set(Job.objects.values_list("failed_with", flat=True))),
        }
    if command == "schedule":  # ask for each of fifty slots, as fast as the others do
        schedules.scheduled.clear()
        # Asked for by nobody, so that one still waiting does not keep the next slot's from being asked for.
        schedules.scheduled[errands.look.name] = (schedules.Rule.read("every 10 minutes"), errands.look)
        for slot in range(int(words[0])):
            schedules.ask_for_due(AT + slot * timedelta(minutes=10))
        return None
    if command == "throttle":
        throttle.set_secret_provider(lambda: b"one secret for all the processes")
        counts = [0] * 4

        def ask(which: int) -> None:
            for _ in range(40):
                counts[which] += throttle.allow("race", "k", limit=100, per=timedelta(hours=1), at=AT).allowed
            connections.close_all()

        threads = [threading.Thread(target=ask, args=(which,)) for which in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        return sum(counts)
    if command == "break":  # an exception nobody catches, in a thread and in the main one
        import logging.config

        from troth.work.reporting import logging_config

        logging.config.dictConfig(logging_config())
        install_hooks()
        elsewhere = logging.getLogger("elsewhere")
        elsewhere.addHandler(logging.StreamHandler())  # a library's own handler, which fails on the next line
        elsewhere.warning("%d is not a number: " + words[0], words[0])
        thread = threading.Thread(target=lambda: int(words[0]))
        thread.start()
        thread.join()
        raise ValueError(words[0])
    raise SystemExit(f"no command {command}")


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(*sys.argv[1:])))
