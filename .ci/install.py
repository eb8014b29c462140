"""
Puts everything that the lock file names, and troth itself, into `.venv`; a second run sees that nothing changed.

Plain standard library, and old syntax: it must start on any Python in order to say that it is too old.
`--runtime` leaves out what only developers need, unless that is there already.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
KINDS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}


def give_up(sentence: str) -> NoReturn:
    """Ends with the cause and the cure on stderr."""
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def say(sentence: str) -> None:
    """Tells what happens now; flushed, so that it stands before what the next program prints."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def find_new_enough_python() -> str:
    """This Python, or a newer one found by its name, such as Homebrew's beside the old one of macOS."""
    if sys.version_info[:2] >= OLDEST:
        return sys.executable
    for minor in range(14, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found:
            return found
    give_up(
        "Troth needs Python %d.%d or newer, and python3 here is %d.%d.\n" % (OLDEST + sys.version_info[:2])
        + "Install one (Debian 12: apt-get install python3 python3-venv; macOS: brew install python@3.13),\n"
        + "or name it: make setup PYTHON=/path/to/python3.13"
    )


def run(command: list, cure: str) -> None:  # type: ignore[type-arg] # list[str] would not start on 3.8
    """Runs a command in the project's folder; when it fails, says how to mend it."""
    if subprocess.call(command, cwd=ROOT) != 0:
        give_up("This failed: %s\n%s" % (" ".join(command), cure))


def venv_works() -> bool:
    """Whether `.venv` has a Python that starts, is new enough and has pip."""
    if not os.path.exists(PYTHON):
        return False
    test = "import sys, pip; sys.exit(sys.version_info[:2] < %r)" % (OLDEST,)
    return subprocess.call([PYTHON, "-c", test], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def fingerprint(kind: str) -> str:
    """Changes with the lock, the project's own description or the folder's place; not with a tool's option."""
    digest = hashlib.sha256(ROOT.encode())
    for name in (KINDS[kind], "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as content:
            digest.update(content.read().split(b"[tool.ruff]")[0])
    return digest.hexdigest()


def stamp(kind: str) -> str:
    """The file that remembers what was installed."""
    return os.path.join(VENV, ".installed-" + kind)


def is_installed(kind: str) -> bool:
    """Whether the stamp of this kind matches the lock as it stands."""
    if not os.path.exists(stamp(kind)) or not os.path.exists(PYTHON):
        return False
    with open(stamp(kind)) as content:
        return content.read() == fingerprint(kind)


def install(kind: str) -> None:
    """Makes the environment if need be, installs the locked packages by hash, then troth without its dependencies."""
    if not venv_works():
        say("Making a virtual environment in .venv")
        cure = "On Debian: apt-get install python3-venv. Then run make setup again."
        run([find_new_enough_python(), "-m", "venv", "--clear", VENV], cure)
    for name in KINDS:
        if os.path.exists(stamp(name)):
            os.remove(stamp(name))
    with open(os.path.join(ROOT, KINDS[kind])) as content:
        count = sum("==" in line for line in content)
    say(
        "Installing up to %d packages, each checked against its hash in %s; half a minute or so"
        % (count, KINDS[kind])
    )
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    lost = "If the network was lost, run make setup again. If a hash does not match, do not go on: ask who sent the file."
    # Without their dependencies: the lock names every one that is wanted, and leaves out some that are not (pyproject.toml).
    run([*pip, "--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", KINDS[kind]], lost)
    say("Installing troth itself from this folder, so that a change in it needs no new set-up")
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", "."], "Look at pyproject.toml.")
    with open(stamp(kind), "w") as content:
        content.write(fingerprint(kind))


def main() -> None:
    """Installs what is asked for, unless it is there."""
    kind = "runtime" if "--runtime" in sys.argv[1:] else "dev"
    if is_installed(kind) or is_installed("dev"):
        if "--runtime" not in sys.argv[1:]:
            say("Everything is installed in .venv and matches the lock.")
        return
    install(kind)
    say("Ready: .venv/bin/troth --help, or make help.")


main()
