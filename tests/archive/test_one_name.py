"""People with one name only move with their archives, as patients and as doctors."""

import io
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.db.migrations.loader import MigrationLoader

from phr.accounts.models import User
from tests.archive.emptying import forget
from tests.archive.exporting import export_to, import_from, parts_of, what_moves
from tests.factories import CareGrantFactory, DoctorFactory, PatientFactory

ONE_NAME = [("Suharto", ""), ("", "Suharto")]


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", [True, False])
@pytest.mark.parametrize("names", ONE_NAME)
def test_who_has_one_name_has_it_after_an_import(tmp_path, names, elsewhere):
    named = dict(zip(("user__first_name", "user__last_name"), names, strict=True))
    patient, doctor = PatientFactory(**named), DoctorFactory(verified=True, **named)
    CareGrantFactory(patient=patient, doctor=doctor)
    path = export_to(tmp_path / "archive.zip", patient.user)
    forget(patient, and_everybody=elsewhere)

    import_from(path, stdout=io.StringIO())

    for person in (patient, doctor):
        user = User.objects.get(pk=person.user_id)
        assert (user.first_name, user.last_name) == names
        assert (str(user), user.search_text.split()[0]) == ("Suharto", "suharto")
    again = export_to(tmp_path / "again.zip", User.objects.get(pk=patient.user_id))
    assert what_moves(parts_of(again)) == what_moves(parts_of(path))


@pytest.mark.django_db
@pytest.mark.parametrize("names", ONE_NAME)
def test_the_pages_of_an_export_call_them_by_their_name(tmp_path, names):
    first_name, last_name = names
    doctor = DoctorFactory(user__first_name=first_name, user__last_name=last_name)
    grant = CareGrantFactory(doctor=doctor)

    path = export_to(tmp_path / "archive.zip", grant.patient.user)

    with ZipFile(path) as archive:
        pages = [name for name in archive.namelist() if name.endswith(".html")]
        text = "".join(archive.read(name).decode() for name in pages)
    assert "Suharto" in text
    assert "> Suharto<" not in text
    assert ">Suharto <" not in text


@pytest.mark.parametrize("missing", ["first_name", "last_name"])
def test_either_name_will_do_from_that_migration_on(missing):
    loader = MigrationLoader(None)

    def user_of(name):
        model = loader.project_state(("accounts", name)).apps.get_model(
            "accounts", "User"
        )
        return model(
            **{"first_name": "Suharto", "last_name": "Suharto"} | {missing: ""}
        )

    others = {field.name for field in User._meta.fields} - {"first_name", "last_name"}
    with pytest.raises(ValidationError, match=missing):
        user_of("0018_people_are_found").clean_fields(exclude=others)
    user_of("0019_either_name_will_do").clean_fields(exclude=others)
