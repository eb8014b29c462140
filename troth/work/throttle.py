"""
Throttles: token buckets in a table, found by a keyed hash, so that the table names no account and no address.

`allow` is one bucket. `allow_sign_in` is the arrangement for sign-in, made so that no outsider can turn it against a
doctor (pitfalls B16). Counting failures by account and locking it lets anyone who knows a doctor's address keep her
out. So three buckets are asked, and only those that hold the caller's own network can say no:

- the network: one machine, or one /56 of IPv6, tries so many accounts and no more;
- the account from this network: guesses from one place run out, and only there;
- the account from everywhere: **never refuses**. When it is empty, somebody is guessing from many places at once, and
  `proof_wanted` is set: the caller is asked for her second factor (or, having none, for a code sent to her) before
  the password is looked at. She goes on; one who guesses passwords has neither, and learns nothing about them.

What remains: somebody in the doctor's own network can use up that network's tries for `WINDOW`. A caller that knows
the browser again (a signed device cookie) passes the device's id as `network` and is out of reach of that as well.
"""

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import connection, transaction

from troth.work.models import Bucket

WINDOW = timedelta(minutes=15)
PER_NETWORK, PER_ACCOUNT_AND_NETWORK, PER_ACCOUNT = 60, 8, 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Allowance:
    """Whether a try may go ahead; if not, from when; and whether it must be preceded by a proof."""

    allowed: bool
    retry_at: datetime | None = None
    proof_wanted: bool = False


class SecretMissing(RuntimeError):
    """Nobody handed in the secret under which throttles hash their keys."""


_secret: Callable[[], bytes] | None = None


def set_secret_provider(provider: Callable[[], bytes] | None) -> None:
    """Hand in the function that gives the hashing secret. A changed secret empties every throttle's memory."""
    global _secret
    _secret = provider


def allow(kind: str, *keys: str, limit: int, per: timedelta, at: datetime) -> Allowance:
    """
    Take one of `limit` tries, which come back evenly over `per`; refuse when none is left.

    At one moment never more than `limit` pass, whoever else asks: question and taking are a single statement. Over
    any `per` it is less than twice as many. It commits by itself, so that a caller's rollback gives no try back.
    Refused tries cost nothing.

    :raises SecretMissing: no secret was handed in.
    :raises RuntimeError: a transaction is open.
    """
    now, whole = (at - _EPOCH) // _MICROSECOND, per // _MICROSECOND
    share = whole // limit
    key = _hashed(kind, *keys)
    later = "CASE WHEN work_bucket.clear_at > %s THEN work_bucket.clear_at ELSE %s END + %s"
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO work_bucket (key, clear_at) VALUES (%s, %s)
                ON CONFLICT (key) DO UPDATE SET clear_at = {later} WHERE {later} <= %s
                RETURNING clear_at""",  # noqa: S608 (constants only)
            [key, now + share, now, now, share, now, now, share, now + whole],
        )
        if cursor.fetchone():
            return Allowance(True)
    # Only a clock that was set back leaves a bucket so far ahead, and would refuse until it is there again. From now on its tries
    # come back as they do after the last one. A request that was long under way is less than a window behind, and gains none.
    Bucket.objects.filter(key=key, clear_at__gt=now + 2 * whole).update(clear_at=now + whole)
    clear_at = Bucket.objects.filter(key=key).values_list("clear_at", flat=True).first() or now
    return Allowance(False, _EPOCH + (max(clear_at, now + whole - share) + share - whole) * _MICROSECOND)


def allow_sign_in(account: str, network: str, *, at: datetime) -> Allowance:
    """
    Whether a sign-in to `account` (as typed, known or not) may be tried from `network`; see the top of this module.

    :raises SecretMissing: no secret was handed in.
    """
    for kind, keys, limit in (
        ("sign_in_network", (network,), PER_NETWORK),
        ("sign_in_pair", (account, network), PER_ACCOUNT_AND_NETWORK),
    ):
        answer = allow(kind, *keys, limit=limit, per=WINDOW, at=at)
        if not answer.allowed:
            return answer
    everywhere = allow("sign_in_account", account, limit=PER_ACCOUNT, per=WINDOW, at=at)
    return Allowance(True, proof_wanted=not everywhere.allowed)


def network_of(address: str) -> str:
    """The network that an address counts as: itself in IPv4, its /56 in IPv6, which one line usually has whole."""
    parsed = ip_address(address)
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ip_network((parsed, 32 if parsed.version == 4 else 56), strict=False))


def forget_full(at: datetime) -> int:
    """Delete the buckets that have all their tries back: absent and full are the same."""
    return Bucket.objects.filter(clear_at__lte=(at - _EPOCH) // _MICROSECOND).delete()[0]


def _hashed(*parts: str) -> str:
    if _secret is None:
        raise SecretMissing("Call troth.work.throttle.set_secret_provider before the first try is counted.")
    # Each part with its length, so that ("ab", "c") and ("a", "bc") differ; capitals and letter widths do not count.
    plain = [unicodedata.normalize("NFKC", part).strip().casefold().encode() for part in parts]
    return hmac.digest(_secret(), b"".join(len(p).to_bytes(4) + p for p in plain), "sha256").hex()
