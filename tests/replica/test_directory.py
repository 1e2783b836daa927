"""The directory from a replica that is behind: who asks misses nothing of their own."""

from collections.abc import Callable

from pytest_django import Settings
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.core.stale_reads import note_writing
from tests.accounts.bodies import doctor_body
from tests.factories import (
    CareGrantFactory,
    DoctorFactory,
    HealthRecordFactory,
    PatientFactory,
)
from tests.replica.conftest import answered_by, await_replica
from tests.replica.servers import FAR_BEHIND, Pair
from tests.waiting import wait_until

ClientOf = Callable[[User], APIClient]
DIRECTORY = "/api/auth/doctors/"
PROFILE = "/api/auth/profile/"


def listed(client: APIClient) -> dict[str, str]:
    """The directory's newest doctors: the specialization of each."""
    answer = client.get(DIRECTORY, {"page_size": 100})
    assert answer.status_code == 200
    return {each["id"]: each["specialization"] for each in answer.json()["results"]}


def test_others_see_a_change_when_the_replica_has_it_and_who_made_it_at_once(
    pair: Pair, client_of: ClientOf
) -> None:
    doctor, reader = DoctorFactory(specialization="Before"), PatientFactory()
    pair.catch_up()
    doctors, readers = client_of(doctor.user), client_of(reader.user)
    await_replica()
    pair.delay(FAR_BEHIND)

    changed = doctors.patch(PROFILE, {"specialization": "After"})
    before = answered_by("replica")

    assert changed.status_code == 200
    assert listed(doctors)[str(doctor.pk)] == "After"
    assert answered_by("replica") == before
    assert listed(readers)[str(doctor.pk)] == "Before"
    assert answered_by("replica") == before + 1
    pair.catch_up()
    assert listed(readers)[str(doctor.pk)] == "After"


def test_who_has_just_signed_up_is_in_the_directory_that_they_see(
    pair: Pair, client_of: ClientOf
) -> None:
    client_of(PatientFactory().user)
    pair.catch_up()
    await_replica()
    pair.delay(FAR_BEHIND)
    visitor = APIClient()

    body = doctor_body(specialization="Oncology")
    answer = visitor.post("/api/auth/register/", body)
    assert answer.status_code == 201, answer.json()
    access = answer.json()["tokens"]["access"]
    visitor.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")

    assert "Oncology" in listed(visitor).values()


def test_an_access_that_has_ended_is_closed_though_the_replica_has_it_open(
    pair: Pair, client_of: ClientOf
) -> None:
    grant = CareGrantFactory()
    record = HealthRecordFactory(patient=grant.patient, created_by=grant.patient.user)
    patients, doctors = client_of(grant.patient.user), client_of(grant.doctor.user)
    pair.catch_up()
    await_replica()
    pair.delay(FAR_BEHIND)
    url = f"/api/health-records/{record.pk}/"
    assert doctors.get(url).status_code == 200

    ended = patients.post(f"/api/care/grants/{grant.pk}/end/", {})

    assert ended.status_code == 200
    assert doctors.get(url).status_code == 404
    assert doctors.get("/api/health-records/").json()["results"] == []
    on_replica = CareGrant.objects.using("replica").get(pk=grant.pk)
    assert on_replica.status == GrantStatus.ACTIVE


def test_a_session_that_has_ended_reads_nothing_stale_either(
    pair: Pair, client_of: ClientOf
) -> None:
    client = client_of(PatientFactory().user)
    pair.catch_up()
    await_replica()
    pair.delay(FAR_BEHIND)

    assert client.post("/api/auth/logout/").status_code == 204

    assert client.get(DIRECTORY).status_code == 401


def test_a_replica_that_is_too_far_behind_is_not_read(
    pair: Pair, client_of: ClientOf, settings: Settings
) -> None:
    reader = client_of(PatientFactory().user)
    pair.catch_up()
    await_replica()
    pair.delay(FAR_BEHIND)
    settings.DATABASE_REPLICA_MAX_LAG = 1
    newcomer = str(DoctorFactory().pk)

    wait_until(lambda: newcomer in listed(reader))

    before = answered_by("replica")
    listed(reader)
    assert answered_by("replica") == before
    pair.catch_up()
    wait_until(lambda: listed(reader) and answered_by("replica") > before)


def test_without_redis_nobody_knows_who_has_written_and_the_primary_answers(
    pair: Pair, client_of: ClientOf, settings: Settings
) -> None:
    user = PatientFactory().user
    reader = client_of(user)
    pair.catch_up()
    await_replica()
    before = answered_by("replica")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    note_writing(user.pk)
    listed(reader)

    assert answered_by("replica") == before
