from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("accounts", "0009_addresses_set_by_staff")]

    operations = [
        AddIndexConcurrently(
            model_name="loginsession",
            index=BrinIndex(
                fields=["created_at"], name="accounts_sessions_of_long_ago"
            ),
        ),
    ]
