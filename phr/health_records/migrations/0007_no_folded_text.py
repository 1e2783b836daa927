from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("health_records", "0006_lists_have_their_indexes")]

    operations = [
        # So that going back can make the column, which 0005 then fills.
        migrations.AlterField(
            model_name="healthrecord",
            name="search_text",
            field=models.TextField(default="", editable=False),
        ),
        migrations.RemoveField(model_name="healthrecord", name="search_text"),
    ]
