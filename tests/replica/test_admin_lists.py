"""Lists of the admin site from a replica: old for a moment, but for who has acted."""

from collections.abc import Callable

import pytest
from django.test import Client

from phr.accounts.models import User
from phr.core import redis_client
from phr.core.stale_reads import key_of
from tests.factories import CareGrantFactory, DoctorFactory, StaffFactory
from tests.replica.conftest import answered_by, await_replica
from tests.replica.servers import FAR_BEHIND, Pair
from tests.signing_in import sign_in_to_the_admin_site

DOCTORS = "/admin/care/doctorprofile/"
GRANTS = "/admin/care/caregrant/"


@pytest.fixture
def staff(pair: Pair) -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        """Who has done nothing since; to sign in is to write, too."""
        client = Client()
        assert sign_in_to_the_admin_site(client, user.username).status_code == 302
        redis_client.connection().delete(key_of(user.pk))
        return client

    return signed_in


def page_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_list_is_the_replicas_and_after_ones_own_change_the_primarys(
    pair: Pair, staff: Callable[[User], Client]
) -> None:
    doctor = DoctorFactory(specialization="As it was")
    one, other = (staff(StaffFactory(is_superuser=True)) for _ in range(2))
    pair.catch_up()
    await_replica()
    pair.delay(FAR_BEHIND)
    before = answered_by("replica")
    values = {
        "specialization": "As it is now",
        "license_number": doctor.license_number,
        "years_of_experience": "3",
    }

    changed = one.post(f"{DOCTORS}{doctor.pk}/change/", values)

    assert changed.status_code == 302
    assert "As it is now" in page_of(one, DOCTORS)
    assert answered_by("replica") == before
    assert "As it was" in page_of(other, DOCTORS)
    assert answered_by("replica") == before + 1


def test_what_is_done_with_rows_of_a_stale_list_is_done_on_the_primary(
    pair: Pair, staff: Callable[[User], Client]
) -> None:
    client = staff(StaffFactory(is_superuser=True))
    pair.catch_up()
    await_replica()
    before = answered_by("replica")

    answer = client.post("/admin/core/outboxevent/", {"action": "replay_selected"})

    assert answer.status_code in (200, 302)
    assert answered_by("replica") == before


def test_a_list_of_grants_is_never_stale(
    pair: Pair, staff: Callable[[User], Client]
) -> None:
    client = staff(StaffFactory(is_superuser=True))
    pair.catch_up()
    await_replica()
    pair.delay(FAR_BEHIND)
    grant = CareGrantFactory()

    assert str(grant.pk) in page_of(client, GRANTS)


def test_a_list_outlives_the_replica(
    pair: Pair, staff: Callable[[User], Client]
) -> None:
    client = staff(StaffFactory(is_superuser=True))
    doctor = DoctorFactory()
    pair.catch_up()
    await_replica()

    with pair.ended():
        assert str(doctor.pk) in page_of(client, DOCTORS)
