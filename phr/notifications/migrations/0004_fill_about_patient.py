"""Whom the lines that are there already speak of, found by what their events name."""

from django.db import migrations

# A comment that was taken back is still known by the version kept of it.
FILL = """
UPDATE notifications_notification AS line
SET about_patient_id = COALESCE(care.patient_id, record.patient_id)
FROM core_outboxevent AS event
LEFT JOIN care_caregrant AS care
    ON care.id = (event.payload ->> 'grant_id')::uuid
LEFT JOIN LATERAL (
    SELECT health_record_id FROM health_records_doctorcomment
    WHERE id = (event.payload ->> 'comment_id')::uuid
    UNION
    SELECT health_record_id FROM health_records_commentversion
    WHERE id = (event.payload ->> 'comment_id')::uuid
) AS comment ON TRUE
LEFT JOIN health_records_healthrecord AS record
    ON record.id = COALESCE(
        (event.payload ->> 'record_id')::uuid, comment.health_record_id
    )
WHERE line.event_id = event.id
    AND line.about_patient_id IS NULL
    AND COALESCE(care.patient_id, record.patient_id) IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("health_records", "0003_deleted_records_are_found"),
        ("notifications", "0003_about_patient"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
