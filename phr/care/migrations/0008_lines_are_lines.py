"""Texts of one line that were stored before they had to be: what is no such line goes.

Records' titles stay as their patients have written them, and lines of the ledger as
they were sealed. So do the licence numbers of doctors, by which staff have verified
them: two might become the same.
"""

from uuid import UUID

from django.db import migrations, models
from django.db.models import F

from phr.care.querysets import searched_as
from phr.core.name_search import name_line
from phr.core.single_line import as_one_line, refuse_other_than_one_line

AT_ONCE = 1_000
LONGEST_REASON = 500
NAMES = ("first_name", "last_name")
COLUMNS = {
    ("accounts", "User"): NAMES,
    ("care", "PatientProfile"): ("emergency_contact",),
    ("care", "DoctorProfile"): ("specialization",),
    ("care", "DoctorVerification"): (
        *(*NAMES, "specialization", "authority", "document_reference", "reason"),
    ),
    ("care", "CareGrant"): ("reason", "decision_reason", "end_reason"),
    ("care", "EmergencyAccess"): ("review_note",),
}


def line(name, longest, *, blank=True, help_text=""):
    return name, models.CharField(
        max_length=longest,
        blank=blank,
        help_text=help_text,
        validators=[refuse_other_than_one_line],
    )


LINES = {
    "patientprofile": [line("emergency_contact", 200)],
    "doctorprofile": [line("specialization", 100), line("license_number", 50)],
    "doctorverification": [
        *(line(name, 150) for name in NAMES),
        line("specialization", 100),
        line("license_number", 50, blank=False),
        line("authority", 200, help_text="Who has given the licence."),
        line("document_reference", 200, help_text="Where a document can be looked up."),
        line("reason", LONGEST_REASON),
    ],
    "caregrant": [
        line("reason", LONGEST_REASON, help_text="Why it was asked for."),
        line("decision_reason", LONGEST_REASON, help_text="Why it was answered so."),
        line("end_reason", LONGEST_REASON, help_text="Why it was ended."),
    ],
    "emergencyaccess": [line("review_note", LONGEST_REASON)],
}


def batches(rows):
    """All rows, so many at a time, each batch read when it is needed."""
    last = UUID(int=0)
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = batch[-1]["pk"]
        yield batch


def make_lines(apps, schema_editor):
    """Read in batches, and change single rows, none of which somebody else has."""
    for model, names in COLUMNS.items():
        rows = apps.get_model(*model).objects
        for batch in batches(rows.values("pk", *names)):
            for stored in batch:
                lines = {name: as_one_line(stored[name]) for name in names}
                if stored | lines != stored:
                    rows.filter(**stored).update(**lines)


def fold_anew(apps, schema_editor):
    """People are looked for by what stands of them now."""
    users = apps.get_model("accounts", "User").objects
    found_by = ("first_name", "last_name", "username", "email")
    for batch in batches(users.values("pk", "search_text", *found_by)):
        for stored in batch:
            texts = (stored[name] for name in found_by)
            change_text(users, stored, name_line(" ".join(texts)))
    doctors = apps.get_model("care", "DoctorProfile").objects
    named = doctors.annotate(first=F("user__first_name"), last=F("user__last_name"))
    columns = ("pk", "search_text", "first", "last", "specialization")
    for batch in batches(named.values(*columns)):
        for stored in batch:
            names = (stored["first"], stored["last"], stored["specialization"])
            change_text(doctors, stored, searched_as(*names))


def change_text(rows, stored, text):
    if text != stored["search_text"]:
        same = rows.filter(pk=stored["pk"], search_text=stored["search_text"])
        same.update(search_text=text)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("care", "0007_doctors_are_found_by_words"),
        ("accounts", "0019_either_name_will_do"),
    ]

    operations = [
        *(
            migrations.AlterField(model_name=model, name=name, field=field)
            for model, lines in LINES.items()
            for name, field in lines
        ),
        migrations.RunPython(make_lines, migrations.RunPython.noop),
        migrations.RunPython(fold_anew, migrations.RunPython.noop),
    ]
