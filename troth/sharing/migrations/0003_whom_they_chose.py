"""What went to whom a person chose, written down before their ids had a prefix of their own, gets it too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_chosen_recipient")]

    operations = [
        migrations.RunSQL(
            "UPDATE sharing_disclosure SET recipient = 'partner:' || recipient WHERE chosen AND recipient NOT LIKE 'partner:%'",
            migrations.RunSQL.noop,
        ),
    ]
