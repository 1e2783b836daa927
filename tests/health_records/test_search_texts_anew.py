"""A command makes the texts again that an old process has written beside a new one."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db.models.expressions import RawSQL

from phr.accounts.models import User
from phr.care.models import DoctorProfile, DoctorVerification
from phr.health_records.models import HealthRecord
from tests.factories import DoctorVerificationFactory, HealthRecordFactory

TEXTS: dict[Any, str] = {
    User: "search_text",
    DoctorProfile: "search_text",
    DoctorVerification: "search_text",
    HealthRecord: "search_words",
}
NOTHING = "Renewed: 0 accounts.\nRenewed: 0 doctors.\nRenewed: 0 licences.\n"


def stored():
    """The texts of all rows, by table and id."""
    return {
        (model, *row)
        for model, column in TEXTS.items()
        for row in model.objects.values_list("pk", column)
    }


def renewed():
    said = StringIO()
    call_command("renew_search_texts", stdout=said)
    return said.getvalue()


def test_texts_that_an_old_process_has_left_out_are_made(alice, dr_bob):
    DoctorVerificationFactory(doctor=dr_bob, first_name="Zoë")
    HealthRecordFactory(patient=alice, created_by=alice.user, title="Grippe")
    whole = stored()
    for model, column in TEXTS.items():
        model.objects.update(**{column: ""})

    assert f"Renewed: {DoctorProfile.objects.count()} doctors." in renewed()
    assert stored() == whole


def written_by():
    """Which transaction has written each row."""
    of = RawSQL("xmin::text", ())
    return {
        (model, *row)
        for model in TEXTS
        for row in model.objects.annotate(by=of).values_list("pk", "by")
    }


def test_the_second_run_writes_nothing(alice, dr_bob):
    DoctorVerificationFactory(doctor=dr_bob)
    HealthRecordFactory(patient=alice, created_by=alice.user)
    renewed()
    before = written_by()

    assert renewed() == f"{NOTHING}Renewed: 0 records.\n"
    assert written_by() == before
