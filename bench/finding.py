"""
Finding by three letters among 200,000 people: complete, sorted, over HTTP with sign-in and events.

The people are invented by a seeded generator: the commonest UK surnames by about their share (Smith 1.2 in a hundred), then a
long tail of made-up ones; given names likewise. A query is the first three letters of the family name of somebody picked at
random, so that common beginnings are asked for most. Filled in below the acts, with the same bytes, since 200,000 acts would
take an hour; the rows that a search reads (identities, contacts, keys, tokens) are complete.
"""

import random
import statistics
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.ground import POSTGRESQL, Figure, engine, main, say, vacuum
from bench.names import GIVEN, SURNAMES, tail_surname
from bench.served import Client, served
from bench.timing import percentile

MEDIAN_MS, P95_MS = 40, 120
SEED = 20261122
CHUNK = 5_000
AREAS = ("AB", "B", "BS", "CF", "DH", "E", "EH", "G", "L", "LS", "M", "NE", "NG", "OX", "S", "SE", "SW", "YO")


def people(count: int) -> Iterator[tuple[str, str, date, str]]:
    """Given name, family name, day of birth, postcode; the same for every run."""
    dice = random.Random(SEED)
    given, given_weights = zip(*GIVEN.items(), strict=True)
    surnames, weights = zip(*SURNAMES.items(), strict=True)
    common = sum(weights) / 1000
    for _ in range(count):
        family = dice.choices(surnames, weights)[0] if dice.random() < common else tail_surname(dice)
        if dice.random() < 0.02:
            family += f"-{dice.choices(surnames, weights)[0]}"
        born = date(1935 + dice.randrange(72), 1 + dice.randrange(12), 1 + dice.randrange(28))
        unit = dice.choice("ABDEFGHJ") + dice.choice("ABDEFGHJ")
        postcode = f"{dice.choice(AREAS)}{dice.randrange(1, 30)} {dice.randrange(10)}{unit}"
        yield dice.choices(given, given_weights)[0], family, born, postcode


def fill(count: int, at: datetime, by: str) -> None:
    """People as `register_patient` would leave them, as far as a search reads them."""
    from django.db import connections, transaction

    from troth.people.models import CONTACT, FIND_NAME, FIND_POSTCODE, IDENTITY, Contact, Identity
    from troth.vault import keystore, search, secrets
    from troth.vault.models import Subject

    dice = random.Random(SEED + 1)
    master = secrets.opened().current()
    made = people(count)
    fields = {field.name: field for model in (Identity, Contact) for field in model.sealed_fields()}
    tokens: dict[tuple[str, str], list[bytes]] = {}

    def tokens_of(find: search.Find, text: str) -> list[bytes]:
        key = (find.space, text)
        if key not in tokens:
            tokens[key] = search.tokens(find, text)
        return tokens[key]

    #: Every sealed field of each, in the order of its columns: one that is added later is left empty here too.
    empty: dict[Any, dict[str, Any]] = {
        model: dict.fromkeys(field.name for field in model.sealed_fields()) for model in (Identity, Contact)
    }
    done = 0
    while some := list(islice(made, CHUNK)):
        subjects = [UUID(int=dice.getrandbits(128), version=4) for _ in some]
        with transaction.atomic(), transaction.atomic(using="keys"):
            Subject.objects.bulk_create(Subject(id=subject, kind="patient") for subject in subjects)
            names = [(subject.int, compartment, "") for subject in subjects for compartment in (IDENTITY, CONTACT)]
            ciphers, keys = {}, []
            for owner in names:
                key = AESGCM.generate_key(256)
                held = keystore.wrap(owner, key, master)
                ciphers[owner] = AESGCM(key)
                keys.append((f"{owner[0]:032x}", *owner[1:], held.master, held.wrapped, at))
            _insert(
                "keys", "vault_datakey", ["subject", "compartment", "scope", "master", "wrapped", "made_at"], keys
            )
            identities, contacts, found = [], [], []
            for subject, (given, family, born, postcode) in zip(subjects, some, strict=True):
                stamps = (at, by, at, by)
                row, other = UUID(int=dice.getrandbits(128), version=4), UUID(int=dice.getrandbits(128), version=4)
                cipher = ciphers[(subject.int, IDENTITY, "")]
                values = empty[Identity] | {"given_name": given, "family_name": family, "born_on": born}
                identities.append(
                    (
                        row,
                        subject,
                        *stamps,
                        *(_sealed(fields[name], cipher, value, row, subject) for name, value in values.items()),
                    )
                )
                cipher = ciphers[(subject.int, CONTACT, "")]
                values = empty[Contact] | {"postcode": postcode}
                contacts.append(
                    (
                        other,
                        subject,
                        *stamps,
                        *(_sealed(fields[name], cipher, value, other, subject) for name, value in values.items()),
                    )
                )
                for name, text in (("given_name", given), ("family_name", family)):
                    found += [
                        (token, f"{fields[name].id}|{row.hex}", fields[name].id, row.hex, subject.hex)
                        for token in tokens_of(FIND_NAME, text)
                    ]
                found += [
                    (token, f"{fields['postcode'].id}|{other.hex}", fields["postcode"].id, other.hex, subject.hex)
                    for token in tokens_of(FIND_POSTCODE, postcode)
                ]
            for model, rows in ((Identity, identities), (Contact, contacts)):
                _insert(
                    "default", model._meta.db_table, [field.column for field in model._meta.concrete_fields], rows
                )
            _insert("keys", "vault_token", ["token", "unique_in", "field_id", "row_id", "subject"], found)
        done += len(some)
        if done % 50_000 == 0:
            say(f"finding: {done:,} people made")
    assert connections["keys"].is_usable()
    vacuum()


def _sealed(field: Any, cipher: Any, value: object, row: UUID, subject: UUID) -> bytes:
    from troth.vault.sealing import seal

    return seal(cipher, None if value is None else field.encode(value), field.bound_id + row.bytes + subject.bytes)


def _insert(alias: str, table: str, columns: list[str], rows: list[tuple]) -> None:
    """Many rows as fast as the engine takes them."""
    from django.db import connections

    names = ", ".join(columns)
    with connections[alias].cursor() as cursor:
        if engine() == POSTGRESQL:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        ready = [
            tuple(
                value.hex
                if isinstance(value, UUID)
                else value.strftime("%Y-%m-%d %H:%M:%S.%f")
                if isinstance(value, datetime)
                else value
                for value in row
            )
            for row in rows
        ]
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", ready)


def measure(small: bool) -> list[Figure]:
    from bench.cast import prescriber, signed_in

    now = datetime.now(UTC)
    count = 200_000  # fewer people would be another figure; a quick run asks fewer questions
    actor = prescriber(now)
    cookie = signed_in(actor, at=now)
    fill(count, now, actor.reference)
    dice = random.Random(SEED + 2)
    everyone = [family for _, family, *_ in people(count)]
    queries = [dice.choice(everyone)[:3].lower() for _ in range(100 if small else 300)]
    milliseconds: list[float] = []
    with served() as server:
        client = Client(server.port, cookie)
        for text in queries[:10]:
            client.get(f"/sealed/find/{text}/")
        _check_complete(client, "smi", count)
        for text in queries:
            milliseconds.append(client.get(f"/sealed/find/{text}/")[0] * 1000)
    sizes = sorted(_candidates(text) for text in queries)
    detail = {
        "candidates, median": float(statistics.median(sizes)),
        "p95": float(percentile([float(size) for size in sizes], 0.95)),
        "most": float(sizes[-1]),
    }
    return [
        Figure(
            f"find by three letters among {count:,}, median",
            engine(),
            statistics.median(milliseconds),
            MEDIAN_MS,
            "ms",
            detail=detail,
        ),
        Figure(
            f"find by three letters among {count:,}, p95",
            engine(),
            percentile(milliseconds, 0.95),
            P95_MS,
            "ms",
            detail={"slowest ms": max(milliseconds)},
        ),
    ]


def _candidates(text: str) -> int:
    from troth.people.models import FIND_NAME
    from troth.vault import search

    return len(search.candidate_subjects(FIND_NAME, text))


def _check_complete(client: Client, text: str, count: int) -> None:
    """
    What is measured must be right: the number found is that of the generator.

    :raises AssertionError: it is not.
    """
    from troth.people.rules import read_query

    query = read_query(text)
    expected = sum(query.matches(f"{given} {family}", None) for given, family, *_ in people(count))
    body = client.get(f"/sealed/find/{text}/")[1].decode()
    assert f"{expected} in all" in body, f"{expected} people match {text!r}, and the page says otherwise"


if __name__ == "__main__":
    main(measure)
