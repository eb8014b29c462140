from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bringing", "0001_files")]

    operations = [
        migrations.AddField("broughtfile", "alike", models.PositiveIntegerField(default=0)),
        migrations.AddField("broughtfile", "reached", models.PositiveIntegerField(default=0)),
    ]
