"""What staff see of how much accounts keep."""

import pytest
from django.utils import timezone

from phr.health_records import account_limits
from phr.health_records.models import AccountUsage
from tests.cast import with_permissions
from tests.factories import HealthRecordFactory

USAGE = "/admin/health_records/accountusage/"


@pytest.fixture
def viewer(sam, browser):
    return browser(with_permissions(sam, "view_accountusage"))


def test_staff_see_who_is_near_a_ceiling_and_no_text(viewer, settings, alice, carol):
    settings.ACCOUNT_ENTRIES = 4
    HealthRecordFactory(patient=carol)
    for _ in range(4):
        HealthRecordFactory(patient=alice, title="Knee pain")
    account_limits.recount([alice.user_id, carol.user_id])

    everybody = viewer.get(USAGE).content.decode()
    near = viewer.get(USAGE, {"near": "80"}).content.decode()
    reached = viewer.get(USAGE, {"near": "100"}).content.decode()

    assert "carol" in everybody
    assert "25 %" in everybody
    for page in (near, reached):
        assert "alice" in page
        assert "100 %" in page
        assert "carol" not in page
    assert "Knee pain" not in everybody


def test_what_was_written_another_day_is_not_near_todays_ceiling(
    viewer, settings, alice
):
    settings.ACCOUNT_ENTRIES_PER_DAY = 10
    HealthRecordFactory(patient=alice)
    account_limits.recount([alice.user_id])
    AccountUsage.objects.update(entries_of_day=9)
    assert "alice" in viewer.get(USAGE, {"near": "80"}).content.decode()

    AccountUsage.objects.update(day=timezone.now().replace(year=2020).date())

    assert "alice" not in viewer.get(USAGE, {"near": "80"}).content.decode()


def test_staff_change_nothing_there(viewer, alice):
    HealthRecordFactory(patient=alice)
    account_limits.recount([alice.user_id])

    response = viewer.post(f"{USAGE}{alice.user_id}/change/", {"entries": 0})

    assert response.status_code == 403
    assert AccountUsage.objects.get().entries == 1
