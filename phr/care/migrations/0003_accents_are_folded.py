"""Doctors are found without their accents: what searches look through is folded anew."""

from uuid import UUID

from django.db import migrations

from phr.core.text_folding import fold

AT_ONCE = 1_000


def fold_anew(apps, schema_editor):
    """In batches, each committed, so that no row stays locked for long."""
    doctors = apps.get_model("care", "DoctorProfile").objects
    rest = doctors.select_related("user").order_by("pk")
    last = UUID(int=0)
    while changed := list(rest.filter(pk__gt=last)[:AT_ONCE]):
        last = changed[-1].pk
        for doctor in changed:
            name = f"{doctor.user.first_name} {doctor.user.last_name}"
            doctor.search_text = fold(name, doctor.specialization)
        doctors.bulk_update(changed, ["search_text"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("care", "0002_grants_in_the_patients_hands"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunPython(fold_anew, migrations.RunPython.noop)]
