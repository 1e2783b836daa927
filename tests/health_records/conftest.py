"""What stands beside the cast."""

import pytest

from phr.care.models import DoctorProfile
from phr.health_records.models import DoctorComment, HealthRecord
from tests.factories import DoctorCommentFactory


@pytest.fixture
def remark(alices_record: HealthRecord, dr_bob: DoctorProfile) -> DoctorComment:
    """By Dr. Bob, for Alice to read."""
    comment: DoctorComment = DoctorCommentFactory(
        health_record=alices_record, doctor=dr_bob, comment="Rest the knee."
    )
    return comment
