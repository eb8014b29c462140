from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_check"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ledgerevent",
            index=models.Index(fields=["follows", "turn"], name="ledger_event_strand"),
        ),
    ]
