from django.contrib.postgres.search import SearchVectorField
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("health_records", "0003_deleted_records_are_found")]

    operations = [
        # With a constant for a default no row is written (PostgreSQL 11).
        migrations.AddField(
            model_name="healthrecord",
            name="search_words",
            field=SearchVectorField(editable=False, default=""),
            preserve_default=False,
        ),
    ]
