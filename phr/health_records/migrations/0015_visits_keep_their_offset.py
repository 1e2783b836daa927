"""Visits keep their offset from UTC; those that are here already were answered in UTC.

The constraint is checked for what is written from now on, and in 0016 for the rest.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("health_records", "0014_versions_keep_the_offset")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="healthrecord",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="healthrecord",
            name="delete_delete",
        ),
        # With a constant for a default no row is written (PostgreSQL 11).
        migrations.AddField(
            model_name="healthrecord",
            name="visit_offset",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                help_text="Offset from UTC at the place of the visit, in minutes.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="healthrecord",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."diagnosis" IS DISTINCT FROM (NEW."diagnosis") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."medications" IS DISTINCT FROM (NEW."medications") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."record_type" IS DISTINCT FROM (NEW."record_type") OR OLD."symptoms" IS DISTINCT FROM (NEW."symptoms") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."treatment" IS DISTINCT FROM (NEW."treatment") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."visit_date" IS DISTINCT FROM (NEW."visit_date") OR OLD."visit_offset" IS DISTINCT FROM (NEW."visit_offset"))',
                    func='INSERT INTO "health_records_recordversion" ("deleted_at", "description", "diagnosis", "id", "medications", "patient_id", "pgh_context", "pgh_created_at", "pgh_label", "record_type", "symptoms", "title", "treatment", "version", "visit_date", "visit_offset") VALUES (OLD."deleted_at", OLD."description", OLD."diagnosis", OLD."id", OLD."medications", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, clock_timestamp(), \'update\', OLD."record_type", OLD."symptoms", OLD."title", OLD."treatment", OLD."version", OLD."visit_date", OLD."visit_offset"); RETURN NULL;',
                    hash="b318f28c778a504b4b823571c705802e211ec757",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0718b",
                    table="health_records_healthrecord",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="healthrecord",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "health_records_recordversion" ("deleted_at", "description", "diagnosis", "id", "medications", "patient_id", "pgh_context", "pgh_created_at", "pgh_label", "record_type", "symptoms", "title", "treatment", "version", "visit_date", "visit_offset") VALUES (OLD."deleted_at", OLD."description", OLD."diagnosis", OLD."id", OLD."medications", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, clock_timestamp(), \'delete\', OLD."record_type", OLD."symptoms", OLD."title", OLD."treatment", OLD."version", OLD."visit_date", OLD."visit_offset"); RETURN NULL;',
                    hash="e1797e00dfac816b699cb4b600ac53baa959131a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5eaed",
                    table="health_records_healthrecord",
                    when="AFTER",
                ),
            ),
        ),
        AddConstraintNotValid(
            model_name="healthrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("visit_offset__range", (-840, 840))),
                name="health_records_visit_offset_is_one_of_clocks",
            ),
        ),
    ]
