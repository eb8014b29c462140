"""A PostgreSQL cluster that lives as long as a run of the tests, in a temporary folder, on a free local port."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

# Where Debian and Homebrew keep the server's programs, which are not on everybody's PATH.
PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")
ROLE = "troth"
OWNER = "owner"  # the superuser, whom nothing of Troth connects as
# Tells the tests who owns the server, for what only a superuser may try; unset where the server is not ours.
OWNER_VARIABLE = "TROTH_TESTS_DATABASE_OWNER"
# Nothing of a throwaway cluster must survive a power cut, so it does not wait for the disk.
# The hunt reads the write-ahead log, which a checkpoint that another worker causes would take away under its hands.
OPTIONS = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=60 -c shared_buffers=32MB"
    " -c wal_keep_size=256MB"
)


def find_programs() -> Path | None:
    """The folder with initdb, pg_ctl and postgres; the newest where there are several."""
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    for pattern in PLACES:
        candidates += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    for folder in candidates:
        if all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
            return folder
    return None


def why_not() -> str | None:
    """The reason why no cluster can be started here, or None."""
    if find_programs() is None:
        return "its programs initdb, pg_ctl and postgres were not found (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and _owner() is None:
        return "it does not run as root, and there is no user postgres to run it"
    return None


def _owner() -> pwd.struct_passwd | None:
    """The user who runs the server when we are root, which it refuses to be."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Cluster:
    """Made on entry, stopped and removed on exit, with one database of that name, owned by an ordinary role."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.programs = find_programs()
        self.port = 0
        self.folder = Path()

    @property
    def url(self) -> str:
        """For TROTH_DATABASE_URL."""
        return f"postgresql://{ROLE}@127.0.0.1:{self.port}/{self.database}"

    def __enter__(self) -> "Cluster":
        self.folder = Path(tempfile.mkdtemp(prefix="troth-postgresql-"))
        try:
            self._start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def _start(self) -> None:
        owner = _owner()
        if os.geteuid() == 0 and owner is not None:
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        for attempt in range(3):
            self.port = _free_port()
            listening = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
            log = str(self.folder / "log")
            started = self._run(
                "pg_ctl", "-D", data, "-l", log, "-w", "-o", f"{OPTIONS} {listening}", "start", check=False
            )
            if started == 0:
                break
            if attempt == 2:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
        self._make_database()

    def _make_database(self) -> None:
        """CREATEDB and no more: the tests make and drop copies, and meet the same refusals as in production."""
        import psycopg

        with psycopg.connect(f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            connection.execute(f"CREATE DATABASE {self.database} OWNER {ROLE}".encode())

    def _remove(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        assert self.programs is not None
        command = [str(self.programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # A server that inherited our pipes would keep whoever reads them waiting.
        ran = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if check and ran.returncode != 0:
            raise RuntimeError(f"{program} of PostgreSQL failed with {ran.returncode}; its message is above.")
        return ran.returncode


def variables(data: Cluster, keys: Cluster) -> dict[str, str]:
    """What points Troth and its tests at the two clusters."""
    return {"TROTH_DATABASE_URL": data.url, "TROTH_KEYS_DATABASE_URL": keys.url, OWNER_VARIABLE: OWNER}


def main() -> int:
    """`python -m tests.clusters pytest troth/gate`: runs a command with both stores on throwaway clusters."""
    reason = why_not()
    if reason or len(sys.argv) < 2:
        sys.stderr.write(f"{reason or 'Say what to run: python -m tests.clusters pytest troth/gate'}\n")
        return 2
    with Cluster("troth") as data, Cluster("troth_keys") as keys:
        return subprocess.call(sys.argv[1:], env={**os.environ, **variables(data, keys)})


if __name__ == "__main__":
    sys.exit(main())
