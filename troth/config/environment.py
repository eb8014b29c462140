"""Typed readers of environment variables: a malformed value stops the start with a sentence on how to mend it."""

import contextlib
import hashlib
import logging.config
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def text(name: str, default: str) -> str:
    """The variable as it stands, or the default."""
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """`yes` or `no` (also true/false, 1/0)."""
    value = os.environ.get(name, "yes" if default else "no").strip().lower()
    if value in {"yes", "true", "1"}:
        return True
    if value in {"no", "false", "0"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; set it to yes or no.")


def whole_number(name: str, default: int) -> int:
    """A whole number of zero or more."""
    value = os.environ.get(name, str(default)).strip()
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a whole number, such as {default}.")
    return int(value)


def address(name: str, schemes: set[str], default: str = "") -> str:
    """
    The address of a server, or empty. Without TLS only this machine is reached, except by SMTP, which begins TLS by itself.

    :raises ImproperlyConfigured: it is not one of these schemes with a host.
    """
    value = os.environ.get(name, default)
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must begin with {' or '.join(f'{each}://' for each in sorted(schemes))} and name a host."
        )
    if parts.scheme == "http" and f"[{parts.hostname}]" not in LOOPBACK and parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured(f"{name} leads over the network without TLS; begin it with https://.")
    return value


def site_of(hosts: str) -> str:
    """Where our own pages are when nobody says: the first name under which browsers reach them."""
    host = hosts.split(",")[0].strip()
    return "http://127.0.0.1:8000" if host in LOOPBACK | {"", "*"} else f"https://{host}"


def one_of(name: str, known: Iterable[str], default: str) -> str:
    """
    One of a few words.

    :raises ImproperlyConfigured: it is none of them.
    """
    value = os.environ.get(name, default).strip()
    if value not in (words := sorted(known)):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to one of {', '.join(words)}.")
    return value


def day_of_year(name: str, default: str) -> tuple[int, int]:
    """A day that every year has, as month and day: `04-05` is the fifth of April."""
    value = os.environ.get(name, default).strip()
    try:
        found = datetime.strptime(f"2001-{value}", "%Y-%m-%d")  # noqa: DTZ007  no moment, only whether there is such a day
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; set it to month and day of a day that every year has, such as {default}."
        ) from None
    return found.month, found.day


def folder(name: str, default: Path) -> Path:
    """An absolute folder; relative values count from the working folder."""
    return Path(os.environ.get(name) or default).expanduser().absolute()


# The last two: a search reads thousands of rows that lie apart, which the standard cache of 2 MB cannot hold. A file is mapped
# as far as SQLite maps at all; that takes address space and no memory of its own.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
    "PRAGMA cache_size=-16000; PRAGMA mmap_size=2147418112;"
)


def database(name: str, default_file: Path) -> dict[str, object]:
    """
    The Django settings of one database: the PostgreSQL URL in variable `name`, or else a SQLite file.

    :raises ImproperlyConfigured: the URL is not `postgresql://USER[:PASSWORD]@HOST[:PORT]/NAME`.
    """
    url = os.environ.get(name, "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(default_file),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": SQLITE_PRAGMAS},
            "CONN_MAX_AGE": None,
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must read postgresql://USER[:PASSWORD]@HOST[:PORT]/NAME, or be left out.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        # A loop that is left half-way leaves its cursor to the garbage collector, which may come by while the same connection
        # is busy: closing the cursor then waits for a lock that its own thread holds, for ever. `walking` reads whole tables.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        # psycopg prepares a statement that a connection has asked five times, unless Django forbids it: the answer then takes half
        # the time, and every page asks the same few. A pooler that pools by transaction must know prepared statements, as PgBouncer
        # does from 1.21, or be spared them.
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 5 if flag("TROTH_PREPARED_STATEMENTS", default=True) else None,
        },
    }


def secret_key(name: str, folder_of_keys: Path) -> str:
    """The variable, taken out of the environment; or else a key file that is made on first use and kept like the others."""
    given = os.environ.pop(name, "")
    if given:
        return given
    from troth.vault.secrets import write_private_file

    path = folder_of_keys / "forms.key"
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            write_private_file(path, os.urandom(32).hex().encode())
    return path.read_text().strip()


def configure_logging(options: dict[str, str]) -> None:
    """What Django calls with `LOGGING`: every line through the formatter that knows no words (pitfalls B8)."""
    from troth.work.reporting import logging_config

    logging.config.dictConfig(logging_config(**options))


def release_of(packages: Path) -> str:
    """Twelve hexadecimal digits of a hash over every static file below `packages`, by name and content."""
    total = hashlib.sha256()
    for path in sorted(path for path in packages.glob("*/static/**/*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(packages).as_posix()} {content}\n".encode())
    return total.hexdigest()[:12]
