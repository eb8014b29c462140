"""A field and a model may be renamed: what was sealed before opens after (pitfalls B11)."""

from django.db import connection, models
from django.db.migrations.state import ModelState, ProjectState

from bench.specimens.models import Note
from troth.vault.models import Holding, Subject
from troth.vault.tests.conftest import opened


def test_data_opens_under_a_new_model_and_field_name(subject: Subject) -> None:
    with opened(act=True):
        row = Note(subject=subject, text="written before the renaming")
        row.save()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE specimens_note RENAME COLUMN text TO words")
        cursor.execute("ALTER TABLE specimens_note RENAME TO specimens_remark")

    fields = {name: field.clone() for name, field in ModelState.from_model(Note).fields.items() if name != "text"}
    fields["words"] = Note._meta.get_field("text").clone()
    fields["subject"] = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    for name in ("id", "subject", "recorded_at", "recorded_by", "changed_at", "changed_by"):
        fields.pop(name)
    meta = type("Meta", (), {"app_label": "specimens", "db_table": "specimens_remark", "managed": False})
    try:
        Remark = type("Remark", (Holding,), {"__module__": "__fake__", "Meta": meta, **fields})
        with opened():
            assert Remark.objects.get().words == "written before the renaming"
    finally:
        Note._meta.apps.all_models["specimens"].pop("remark", None)
        Note._meta.apps.clear_cache()


def test_a_historical_model_keeps_the_seal(subject: Subject) -> None:
    """In a migration the model loses its base and its attributes; the field classes and their ids stay."""
    with opened(act=True):
        Note(subject=subject, text="from before").save()
    historical = ProjectState.from_apps(Note._meta.apps).apps.get_model("specimens", "Note")
    row = historical.objects.get()
    with opened():
        assert row.text == "from before"
