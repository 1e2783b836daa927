"""The indexes of visits have the offset, so that days are compared in the index alone.

The old ones serve until the new ones are built.
"""

from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

OFFSET = "visit_offset"
LIVE = models.Q(("deleted_at", None))
INDEXES = {
    "health_records_in_order": (
        ["patient", "-visit_date", "-id"],
        ["record_type", OFFSET],
    ),
    "health_records_newest": (
        ["-visit_date", "-id"],
        ["patient", "record_type", OFFSET],
    ),
    "health_records_of_type": (
        ["patient", "record_type", "-visit_date", "-id"],
        [OFFSET],
    ),
}


def built_anew(name: str, fields: list[str], include: list[str]) -> list[Operation]:
    """Make room for the new index under the name, build it, and drop the old one."""
    old = f"{name}_0"
    index = models.Index(fields=fields, include=include, condition=LIVE, name=name)
    return [
        migrations.RenameIndex("healthrecord", new_name=old, old_name=name),
        AddIndexConcurrently("healthrecord", index),
        RemoveIndexConcurrently("healthrecord", old),
    ]


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("health_records", "0015_visits_keep_their_offset")]

    operations = [
        ValidateConstraint(
            "healthrecord", "health_records_visit_offset_is_one_of_clocks"
        ),
        *(
            operation
            for name, columns in INDEXES.items()
            for operation in built_anew(name, *columns)
        ),
    ]
