"""
A save of the same card with a peer's history, against the same save without. Knows nothing of Troth.

    save.py auditlog|pghistory ROUNDS        JSON on stdout; TROTH_DATABASE_URL or a SQLite file, durable as Troth's
"""

import importlib
import importlib.metadata
import json
import os
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import django
from django.conf import settings

PEER, ROUNDS = sys.argv[1], int(sys.argv[2])
folder = tempfile.TemporaryDirectory(prefix="bench-peer-")
url = os.environ.get("TROTH_DATABASE_URL")
if url:
    parts = urlsplit(url)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": parts.username,
        "HOST": parts.hostname,
        "PORT": parts.port,
        "OPTIONS": {"server_side_binding": True},
    }
else:
    database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{folder.name}/data.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        },
    }
apps = ["django.contrib.contenttypes", "django.contrib.auth"]
apps += ["auditlog"] if PEER == "auditlog" else ["pgtrigger", "pghistory"]
# The peer's two models, in an app of their own, which must be importable by its name.
ROOM = f"room_of_{PEER}"  # both peers may be measured in one database
room = Path(folder.name) / ROOM
room.mkdir()
(room / "__init__.py").write_text("")
tracked = {"auditlog": "from auditlog.registry import auditlog\nauditlog.register(Tracked)\n", "pghistory": ""}[PEER]
decorator = "import pghistory\n" if PEER == "pghistory" else ""
mark = "@pghistory.track()\n" if PEER == "pghistory" else ""
FIELDS = """
    id = models.UUIDField(primary_key=True)
    subject = models.UUIDField(db_index=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    born_on = models.DateField()
    telephone = models.CharField(max_length=40)
    email = models.EmailField()
    note = models.TextField()
    active = models.BooleanField(default=True)
"""
(room / "models.py").write_text(
    f"from django.db import models\n{decorator}\nclass Bare(models.Model):{FIELDS}\n{mark}class Tracked(models.Model):"
    f"{FIELDS}\n{tracked}"
)
sys.path.insert(0, folder.name)
settings.configure(
    DATABASES={"default": database},
    INSTALLED_APPS=[*apps, ROOM],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SECRET_KEY="bench",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

call_command("makemigrations", ROOM, verbosity=0)
call_command("migrate", verbosity=0)
models = importlib.import_module(f"{ROOM}.models")
Bare, Tracked = models.Bare, models.Tracked

now = timezone.now()
subjects = [uuid4() for _ in range(50)]


def values(number, subject):
    return {
        "id": uuid4(),
        "subject": subject,
        "recorded_at": now,
        "recorded_by": "x" * 32,
        "changed_at": now,
        "changed_by": "x" * 32,
        "name": f"Person {number}",
        "born_on": date(1940 + abs(number) % 60, 1 + number % 12, 1 + number % 28),
        "telephone": f"+44 1632 {number:06d}",
        "email": f"person{number}@example.com",
        "note": "a note of some length. " * 4,
        "active": number % 2 == 0,
    }


seconds = {"bare": [], "tracked": []}
for turn in range(-20, ROUNDS):
    for name, model in (("bare", Bare), ("tracked", Tracked)):
        began = time.perf_counter()
        model(**values(turn, subjects[turn % 50])).save(force_insert=True)
        seconds[name].append(time.perf_counter() - began)
assert Tracked.objects.count() == Bare.objects.count() == ROUNDS + 20
if PEER == "auditlog":
    from auditlog.models import LogEntry

    assert LogEntry.objects.count() == ROUNDS + 20
else:
    assert models.TrackedEvent.objects.count() == ROUNDS + 20
middle = {name: statistics.median(found[20:]) * 1e3 for name, found in seconds.items()}
print(
    json.dumps(
        {
            "ratio": middle["tracked"] / middle["bare"],
            "ms": middle["tracked"],
            "plain_ms": middle["bare"],
            "version": importlib.metadata.version(f"django-{PEER}"),
        }
    )
)
