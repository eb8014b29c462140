"""Looking for what an erasure may have left behind, and naming the keys before they go."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from troth.copies.journal import Disposal
from troth.rights.selectors.holdings import called, survey
from troth.rights.selectors.places import compartment_of, fields_under, places_of, places_under, rows_under
from troth.rights.selectors.unseen import Unseen
from troth.vault import keystore
from troth.vault.files import path_of
from troth.vault.models import Token

Scopes = Iterable[tuple[str, str]]


def stored_keys(subject: UUID, scopes: Scopes) -> dict[tuple[str, str], int]:
    """The keys of these scopes that still exist, each with the number of the master key that wraps it."""
    wanted = set(scopes)
    found = keystore.fetch([subject], sorted({compartment for compartment, _ in wanted}), scope=None)
    return {(name[1], name[2]): held.master for name, held in found.items() if (name[1], name[2]) in wanted}


def disposals(subject: UUID, scopes: Scopes, places: dict[str, list[str]]) -> list[Disposal]:
    """What the disposal journal is told before anything is destroyed: keys, rows and files, by identifiers alone."""
    wanted = sorted(set(scopes))
    masters = stored_keys(subject, wanted)
    return [
        Disposal(
            subject.hex,
            compartment,
            scope,
            masters.get((compartment, scope), 0),
            tuple(row.reference for row in rows),
            tuple(places.get(f"{compartment}|{scope}", ())),
        )
        for (compartment, scope), rows in places_under(subject, wanted).items()
    ]


def alone(subject: UUID, unseen: Unseen, scopes: Scopes) -> list[Disposal]:
    """
    What the journal is told of rows that go while their key stays for others, each under a name that no key has: else an older copy
    that is restored would bring them back.
    """
    named = {compartment for compartment, _ in scopes}
    return [
        Disposal(subject.hex, compartment, row.pk.hex, 0, (row.reference,))
        for rows in unseen.rows
        if (compartment := compartment_of(rows.model)) not in named
        for row in rows.only("id", "subject")
    ]


def without_key(subject: UUID) -> bool:
    """Whether rows of a person lie under a key that is not there. Nothing may ever have been sealed in them: the journal knows."""
    scopes = {(each.compartment, each.scope) for each in survey(subject)}
    return bool(scopes - set(stored_keys(subject, scopes)))


def unfinished(subject: UUID, known: Iterable[Disposal]) -> list[Disposal]:
    """Of what the journal says was destroyed of a person, that whose key is gone and of which rows are there."""
    scopes = {(each.compartment, each.scope) for each in survey(subject)}
    gone = scopes - set(stored_keys(subject, scopes))
    return [
        each
        for each in known
        if (each.compartment, each.scope) in gone and any(rows.exists() for rows in rows_named(each))
    ]


def rows_named(disposal: Disposal) -> "list[models.QuerySet[Any]]":
    """The rows that a line of the journal names and that are there, one query for each table."""
    named = {UUID(row.rpartition("/")[2]) for row in disposal.rows}
    under = rows_under(UUID(disposal.subject), disposal.compartment, disposal.scope)
    return [rows.filter(pk__in=named) for rows in under]


def token_rows(subject: UUID, scopes: Scopes) -> list[UUID]:
    """The rows by whose search tokens somebody could still be found in these scopes, rows that are gone included."""
    filed: dict[str, set[str]] = {}
    for field, row in Token.objects.filter(subject=subject.hex).values_list("field_id", "row_id").distinct():
        filed.setdefault(field, set()).add(row)
    asked: dict[str, list[str]] = {}
    for compartment, scope in scopes:
        if not filed.keys().isdisjoint(fields_under(compartment)):  # of most kinds nobody is found by anything
            asked.setdefault(compartment, []).append(scope)
    if not asked:
        return []
    places = places_of(subject, asked)
    found: set[str] = set()
    for compartment, every in asked.items():
        here = [place for place in places if compartment_of(place.model) == compartment]
        under = places_under(subject, [(compartment, scope) for scope in every], here)
        # A token without a row is left from a write that failed; it goes with whatever part of its compartment goes.
        elsewhere = {place.row for place in here} - {place.row for rows in under.values() for place in rows}
        found |= {row for field in fields_under(compartment) for row in filed.get(field, ())} - elsewhere
    return sorted(UUID(row) for row in found)


def count_tokens(subject: UUID, rows: Iterable[UUID]) -> int:
    """How many entries of the search index lead to these rows of a person."""
    return Token.objects.filter(subject=subject.hex, row_id__in=[row.hex for row in rows]).count()


def what_is_left(subject: UUID, scopes: Scopes, places: Iterable[str]) -> list[str]:
    """A sentence for everything of an erasure that is still there. Empty: it all went."""
    scopes = list(scopes)
    faults = [f"A key of {compartment} still exists." for compartment, _ in sorted(stored_keys(subject, scopes))]
    left = Counter(place.model for rows in places_under(subject, scopes).values() for place in rows)
    faults += [f"{count} entries ({called(model)}) still exist." for model, count in left.items()]
    if token_rows(subject, scopes):
        faults.append("Entries of the search index still exist.")
    faults += ["A file still lies in its place." for place in places if path_of(place).exists()]
    return faults
