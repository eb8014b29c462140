"""That such a recipient was told of a correction is known by the same name: where they are the only one of it for that person."""

from django.db import migrations

_SAME = """
    SELECT 1 FROM sharing_disclosure AS passed
    WHERE passed.subject_id = rights_recipienttold.subject_id AND passed.recipient = {name}
"""
_CHOSEN = _SAME.format(name="'partner:' || rights_recipienttold.recipient")
_NAMED = _SAME.format(name="rights_recipienttold.recipient")


class Migration(migrations.Migration):
    dependencies = [("rights", "0010_appraisal"), ("sharing", "0003_whom_they_chose")]

    operations = [
        migrations.RunSQL(
            f"UPDATE rights_recipienttold SET recipient = 'partner:' || recipient "  # noqa: S608  names of our own tables
            f"WHERE EXISTS ({_CHOSEN}) AND NOT EXISTS ({_NAMED})",
            migrations.RunSQL.noop,
        ),
    ]
