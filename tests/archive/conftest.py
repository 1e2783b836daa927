"""Exports as their owner gets them, through HTTP, with a worker's work in between."""

import io
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from phr.archive.models import Export
from phr.archive.worker import prepare_export
from phr.health_records.models import DoctorComment, HealthRecord
from tests.archive.exporting import export_to
from tests.cast import make_alice, make_dr_bob, make_dr_eve, make_record
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


@pytest.fixture(scope="session")
def exported(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> dict[str, Any]:
    """Alice's account as a file, made once: nobody of it is here afterwards."""
    folder = tmp_path_factory.mktemp("exported")
    with django_db_blocker.unblock(), transaction.atomic():
        alice = make_alice()
        dr_bob, dr_eve = make_dr_bob(alice), make_dr_eve(alice)
        record = make_record(alice)
        said = DoctorCommentFactory(health_record=record, doctor=dr_bob)
        DoctorComment.objects.filter(pk=said.pk).update(comment="Other", version=2)
        HealthRecord.objects.filter(pk=record.pk).update(title="New", version=2)
        EmergencyAccessFactory(grant__patient=alice, grant__doctor=dr_eve)
        NotificationFactory(recipient=alice.user)
        EmailAddress.objects.create(
            user=alice.user, email=alice.user.email, verified=True, primary=True
        )
        path = export_to(folder / "archive.zip", alice.user)
        transaction.set_rollback(True)
    people = {"alice": alice, "dr_bob": dr_bob, "dr_eve": dr_eve}
    return people | {"alices_record": record, "archive": path}


@pytest.fixture
def archive(exported: dict[str, Any], db: None, tmp_path: Path) -> Path:
    """Alice's account as a file; neither she nor her doctors are here any more."""
    return Path(shutil.copy(exported["archive"], tmp_path))


def gone(name: str) -> Any:
    """A fixture for somebody or something as it was when it was exported.

    In tests without an archive it is what the fixture of this name is elsewhere.
    """

    @pytest.fixture(name=name)
    def somebody(request: pytest.FixtureRequest) -> Any:
        if "archive" not in request.fixturenames:
            return request.getfixturevalue(name)
        return deepcopy(request.getfixturevalue("exported")[name])

    return somebody


alice, dr_bob, dr_eve, alices_record = map(
    gone, ("alice", "dr_bob", "dr_eve", "alices_record")
)
