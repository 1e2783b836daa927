"""An export that a replica answers has all that was written before it was asked for."""

import io
from collections.abc import Callable
from uuid import UUID
from zipfile import ZipFile

import orjson
import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.archive import worker, writer
from phr.archive.models import ExportPiece
from tests.factories import PatientFactory
from tests.replica.conftest import answered_by
from tests.replica.servers import FAR_BEHIND, Pair

ClientOf = Callable[[User], APIClient]
EXPORTS = "/api/account/export/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Written a moment ago",
    "visit_date": "2026-03-02T09:00:00Z",
}


def export_after_writing(client: APIClient) -> UUID:
    assert client.post("/api/health-records/", RECORD).status_code == 201
    asked = client.post(EXPORTS)
    assert asked.status_code == 202
    export_id = UUID(asked.json()["id"])
    assert worker.prepare_export(export_id, at=timezone.now())
    return export_id


def titles_in(export_id: UUID) -> list[str]:
    pieces = ExportPiece.objects.filter(export=export_id).order_by("number")
    with ZipFile(io.BytesIO(b"".join(bytes(each.data) for each in pieces))) as archive:
        part = orjson.loads(archive.read("records-0001.json"))
    return [record["title"] for record in part["records"]]


def test_an_export_waits_until_the_replica_has_what_was_just_written(
    pair: Pair, client_of: ClientOf
) -> None:
    client = client_of(PatientFactory().user)
    before = answered_by("replica")
    pair.delay("3s")

    export_id = export_after_writing(client)

    assert titles_in(export_id) == [RECORD["title"]]
    assert answered_by("replica") == before + 1


def test_an_export_for_which_the_replica_is_too_late_is_the_primarys(
    pair: Pair, client_of: ClientOf, settings: Settings
) -> None:
    client = client_of(PatientFactory().user)
    settings.DATABASE_REPLICA_MAX_LAG = 1
    before = answered_by("replica"), answered_by("primary")
    pair.delay(FAR_BEHIND)

    export_id = export_after_writing(client)

    assert titles_in(export_id) == [RECORD["title"]]
    assert (answered_by("replica"), answered_by("primary")) == (
        before[0],
        before[1] + 1,
    )


def test_a_replica_that_breaks_off_an_export_leaves_nothing_of_it(
    pair: Pair, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where what the export reads is cleaned up on the primary meanwhile."""
    client, write_parts = client_of(PatientFactory().user), writer.write_parts

    def break_off(user: User, file: io.BytesIO, database: str, **rest: object) -> None:
        write_parts(user, file, database, **rest)  # type: ignore[arg-type] # handed on
        if database == "replica":
            raise OperationalError("canceling statement due to conflict with recovery")

    monkeypatch.setattr(writer, "write_parts", break_off)

    export_id = export_after_writing(client)

    assert titles_in(export_id) == [RECORD["title"]]


def test_whoever_is_not_the_patient_has_no_export_of_theirs(
    pair: Pair, client_of: ClientOf
) -> None:
    export_id = export_after_writing(client_of(PatientFactory().user))

    stranger = client_of(PatientFactory().user)

    assert stranger.get(f"{EXPORTS}{export_id}/download/").status_code == 404
