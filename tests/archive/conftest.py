"""Exports as their owner gets them, through HTTP, with a worker's work in between."""

import io
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from phr.archive.models import Export
from phr.archive.worker import prepare_export
from phr.health_records.models import DoctorComment, HealthRecord
from tests.archive.emptying import forget
from tests.archive.exporting import export_to
from tests.conftest import Api
from tests.factories import (
    DoctorCommentFactory,
    EmergencyAccessFactory,
    NotificationFactory,
)

EXPORTS = "/api/account/export/"
Parts = dict[str, Any]
Fetch = Callable[[str], ZipFile]


def work() -> None:
    """Do what workers do with the exports that wait."""
    for export_id in list(Export.objects.under_way().values_list("pk", flat=True)):
        prepare_export(export_id, at=timezone.now())


@pytest.fixture
def fetch(api: Api) -> Fetch:
    """Ask for an export, wait until it is ready, and download it."""

    def fetch_of(who: str) -> ZipFile:
        client = api(who)
        asked = client.post(EXPORTS)
        assert asked.status_code == 202, asked.content
        work()
        url = f"{EXPORTS}{asked.json()['id']}/"
        assert client.get(url).json()["status"] == "READY"
        return ZipFile(io.BytesIO(client.get(f"{url}download/").getvalue()))

    return fetch_of


def part_of(archive: ZipFile, name: str) -> Any:
    return orjson.loads(archive.read(f"{name}.json"))


@pytest.fixture
def archive(tmp_path, alice, dr_bob, dr_eve, alices_record):
    """Alice's account as a file; neither she nor her doctors are here any more."""
    said = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    DoctorComment.objects.filter(pk=said.pk).update(comment="Other", version=2)
    HealthRecord.objects.filter(pk=alices_record.pk).update(title="New", version=2)
    EmergencyAccessFactory(grant__patient=alice, grant__doctor=dr_eve)
    NotificationFactory(recipient=alice.user)
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    path = export_to(tmp_path / "archive.zip", alice.user)
    forget(alice, and_everybody=True)
    return path
