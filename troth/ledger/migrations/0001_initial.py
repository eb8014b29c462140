"""The ledger's tables; on PostgreSQL also the writing transaction of each event, by which late committers are found."""

from django.db import migrations, models


def add_xid(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE ledger_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()")
        schema_editor.execute("CREATE INDEX ledger_event_xid ON ledger_event (xid)")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.BigIntegerField()),
                ("watermark", models.BigIntegerField()),
                ("note", models.TextField()),
            ],
            options={
                "db_table": "ledger_checkpoint",
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "height", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("height", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "ledger_node",
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                ("subject", models.TextField(db_default="")),
                ("subject_seq", models.BigIntegerField()),
                ("previous", models.BinaryField()),
                ("flaw", models.TextField(db_default="")),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "ledger_leaf",
                "indexes": [models.Index(fields=["subject", "subject_seq"], name="ledger_leaf_subject")],
            },
        ),
        migrations.CreateModel(
            name="LedgerEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.BigIntegerField()),
                ("event", models.TextField(db_default="")),
                ("outcome", models.TextField(db_default="")),
                ("actor_kind", models.TextField(db_default="")),
                ("actor", models.TextField(db_default="")),
                ("on_behalf_of", models.TextField(db_default="")),
                ("subject", models.TextField(db_default="")),
                ("purpose", models.TextField(db_default="")),
                ("action", models.TextField(db_default="")),
                ("failed_check", models.TextField(db_default="")),
                ("rule", models.TextField(db_default="")),
                ("reason", models.TextField(db_default="")),
                ("what", models.TextField(db_default="")),
                ("objects_touched", models.TextField(db_default="")),
                ("request", models.TextField(db_default="")),
                ("note", models.TextField(db_default="")),
                ("follows", models.BigIntegerField()),
                ("turn", models.BigIntegerField()),
                ("mac", models.TextField()),
            ],
            options={
                "db_table": "ledger_event",
                "indexes": [models.Index(fields=["actor", "id"], name="ledger_event_actor")],
            },
        ),
        migrations.RunPython(add_xid, migrations.RunPython.noop),
    ]
