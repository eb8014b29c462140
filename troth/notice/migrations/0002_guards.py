"""Put the triggers in place that keep published versions as they are."""

from django.db import migrations


def make(apps, schema_editor):
    from troth.notice.guards import make_guards

    if schema_editor.connection.alias == "default":
        make_guards(schema_editor.connection)


def drop(apps, schema_editor):
    from troth.notice.guards import drop_guards

    if schema_editor.connection.alias == "default":
        drop_guards(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("notice", "0001_versions")]

    operations = [migrations.RunPython(make, drop)]
