"""Asking every check of a pack, once each. It reads, and writes nothing; `services` records what came of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from troth.assurance.models import Proof, Status
from troth.assurance.rules import evidence
from troth.assurance.rules.catalogue import Promised, promises_of
from troth.assurance.rules.evidence import Look, Question
from troth.work.reporting import kind_of, place_of

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """Where a promise stands, in a sentence, and what was looked at to say so."""

    promise: Promised
    status: Status
    words: str
    looks: tuple[Look, ...] = ()
    last_proof: date | None = None
    due_on: date | None = None

    def evidence(self, at: datetime) -> dict[str, Any]:
        """
        What stands in the JSON and in the table: `words`, `at`, `looks` (check, looked_at, holds, words, counts, page,
        failed_at), `proof` and `proof_due` of those that people keep, and `digest`, SHA-256 over all of these but `at`.
        """
        said: dict[str, Any] = {"words": self.words, "looks": [look.values() for look in self.looks]}
        if self.promise.keeping == "people":
            said["proof"] = self.last_proof.isoformat() if self.last_proof else None
            said["proof_due"] = self.due_on.isoformat() if self.due_on else None
        return {**said, "at": at.isoformat(timespec="seconds"), "digest": evidence.digest_of(said)}


def check_promises(
    pack: str,
    *,
    at: datetime,
    progress: Progress = lambda done, of: None,
    only: str = "",
    remembered: Mapping[str, Look] = MappingProxyType({}),
) -> list[Outcome]:
    """
    Where every promise of a pack stands now, or one of them. Each check is asked once, however many promises rest on it.

    `remembered`: what slow checks found at the last look of the clock (`board.slow_looks`), for a page that cannot wait.

    :raises LookupError: the pack, or that promise of it, is not in the catalogue.
    """
    wanted = [promise for promise in promises_of(pack) if only in ("", promise.id)]
    if not wanted:
        raise LookupError(f"There is no promise {only} in the pack {pack}.")
    proofs = _last_proofs(wanted)
    seen: dict[tuple[str, tuple[str, ...]], Look] = {}
    outcomes = []
    for number, promise in enumerate(wanted, start=1):
        looks = []
        for name in promise.checks:
            key = (name, promise.faults if name == "notice.faults" else ())
            if key not in seen:
                seen[key] = remembered.get(name) or look(name, Question(at, key[1]))
            looks.append(seen[key])
        outcomes.append(_outcome(promise, tuple(looks), proofs.get(promise.id), at))
        progress(number, len(wanted))
    return outcomes


def look(name: str, question: Question) -> Look:
    """Ask one check. One that raises has found nothing in order, and says where it stopped: it never counts as held."""
    check = evidence.get_check(name)
    try:
        found = check.ask(question)
    except Exception as error:  # noqa: BLE001  whatever it is, the promise is not shown to hold
        words = f"The check stopped with {kind_of(error)}, so nothing shows that this holds"
        return Look(name, check.looks_at, False, words, {}, check.page, place_of(error.__traceback__))
    return Look(name, check.looks_at, found.holds, found.words, found.counts, check.page)


def _outcome(promise: Promised, looks: tuple[Look, ...], proved: date | None, at: datetime) -> Outcome:
    failed = [each for each in looks if not each.holds]
    if failed:
        return Outcome(promise, Status.FALLS_SHORT, _sentence(failed), looks)
    if promise.keeping == "unlawful":
        return Outcome(promise, Status.UNLAWFUL, promise.because, looks)
    if promise.keeping == "missing":
        return Outcome(promise, Status.MISSING, promise.because, looks)
    if promise.keeping == "people":
        due = promise.due_on(proved)
        if proved is None or due is None:
            words = f"{promise.because} No proof has been recorded yet"
        else:
            late = " and is overdue" if due < at.date() else ""
            words = f"{promise.because} Last proved on {proved:%-d %B %Y}; the next is due on {due:%-d %B %Y}{late}"
        return Outcome(promise, Status.ORGANISATIONAL, words, looks, proved, due)
    if promise.keeping == "corrected":
        return Outcome(promise, Status.CORRECTED, f"{promise.because} {_sentence(looks)}".strip(), looks)
    return Outcome(promise, Status.HOLDS, _sentence(looks), looks)


def _sentence(looks: Iterable[Look]) -> str:
    return ". ".join(dict.fromkeys(each.words for each in looks))


def _last_proofs(wanted: Iterable[Promised]) -> dict[str, date]:
    names = [promise.id for promise in wanted if promise.keeping == "people"]
    return dict(Proof.objects.filter(promise__in=names).order_by("seen_on").values_list("promise", "seen_on"))
