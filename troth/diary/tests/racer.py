"""
Clients who race for the same times: a process that loads everything once and forks one child for each share of them.

It reads one line of JSON: who works, what is wanted, on which day, and the clients of each child; and answers with the children's
numbers. Each child writes a line for every client who got an answer, and only then goes on.
"""

import json
import os
import random
import sys
from datetime import date
from uuid import UUID

import django


def main() -> None:
    """Fork, say who was forked, and wait for all."""
    django.setup()
    said = json.loads(sys.stdin.readline())
    children = []
    for number, share in enumerate(said["shares"]):
        child = os.fork()
        if child == 0:
            try:
                race(said, share, f"{said['out']}-{number}")
            finally:
                os._exit(0)
        children.append(child)
    print(json.dumps(children), flush=True)
    for child in children:
        os.waitpid(child, 0)


def race(said: dict[str, str], share: list[str], out: str) -> None:
    """One child's clients, one after the other."""
    from django.utils import timezone

    from troth.diary import rules, selectors, services
    from troth.gate import actors
    from troth.gate.boundary import boundary

    chance = random.Random(out)
    service, on = UUID(said["service"]), date.fromisoformat(said["on"])
    with open(out, "a", encoding="utf-8") as answers:  # noqa: PTH123  it stays open for as long as the child lives
        for client in share:
            subject, answer = UUID(client), "none"
            for _ in range(8):
                at = timezone.now()
                free = [
                    (who, start)
                    for who, starts in selectors.search_free(service, on, 1, at=at, subject=subject).items()
                    for start in starts
                ]
                if not free:
                    break
                practitioner, start = chance.choice(free)
                chosen = {"practitioner": practitioner, "service": service, "starts_at": rules.moment_of(start)}
                by = actors.person(subject, at=at)
                try:
                    with boundary():
                        if chance.random() < 0.5:
                            answer = str(services.book(subject, **chosen, by=by, at=at))
                        else:
                            pending = services.hold_time(**chosen, by=actors.NOBODY, at=at)
                    if answer == "none":
                        with boundary():
                            answer = str(services.confirm(pending, subject, **chosen, by=by, at=timezone.now()))
                    break
                except rules.NotPossible:
                    continue
            answers.write(f"{client} {answer}\n")
            answers.flush()
            os.fsync(answers.fileno())


if __name__ == "__main__":
    main()
