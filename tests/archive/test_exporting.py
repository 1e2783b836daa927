"""A patient asks for everything, waits, and takes it along."""

import io
from datetime import timedelta
from hashlib import sha256
from zipfile import ZipFile

import orjson
import time_machine
from django.utils import timezone
from django.utils.translation import get_language
from jsonschema import Draft202012Validator

from phr.accounts.models import LoginSession
from phr.archive import tasks, writer
from phr.archive.json_schema import schema_file
from phr.archive.models import Export, ExportPiece
from phr.archive.progress import Progress
from phr.audit.models import AccessEntry
from phr.core.models import OutboxEvent
from tests.archive.conftest import EXPORTS, part_of, work
from tests.archive.exporting import export_to, parts_of
from tests.factories import AccessEntryFactory, ExportFactory, HealthRecordFactory
from tests.problem_answers import problem_of
from tests.rows import nothing_written


def url_of(export) -> str:
    return f"{EXPORTS}{export.pk}/"


def test_one_asks_polls_and_downloads(api, alice, alices_record):
    client = api("alice")

    asked = client.post(EXPORTS)
    again = client.post(EXPORTS)
    assert (asked.status_code, again.status_code) == (202, 200)
    assert asked.json() == again.json()
    assert asked.json()["status"] == "PENDING"
    work()

    (export,) = client.get(EXPORTS).json()["results"]
    assert (export["status"], export["progress"]) == ("READY", 100)
    answer = client.get(f"{EXPORTS}{export['id']}/download/")
    data = answer.getvalue()
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "account-export.zip" in answer.headers["Content-Disposition"]
    assert int(answer.headers["Content-Length"]) == len(data) == export["size"]
    assert sha256(data).hexdigest() == export["sha256"]
    assert ZipFile(io.BytesIO(data)).testzip() is None


def test_what_happens_is_entered_and_announced(api, alice, fetch):
    fetch("alice")

    entries = AccessEntry.objects.filter(patient_id=alice.pk).order_by("position")
    exports = [e for e in entries if e.object_kind == "export"]
    assert [entry.action for entry in exports] == [
        "archive.export_asked",
        "archive.export_ready",
        "archive.export_downloaded",
    ]
    events = OutboxEvent.objects.filter(kind__startswith="archive.")
    payload = {"user_id": str(alice.user_id)}
    assert {event.kind for event in events} == {
        "archive.export_asked",
        "archive.export_ready",
    }
    assert all(payload.items() <= event.payload.items() for event in events)


def test_every_part_is_as_the_published_schema_says(api, alice, fetch, alices_record):
    archive = fetch("alice")
    published = api("nobody").get(f"{EXPORTS}schema/")

    assert published.json() == orjson.loads(schema_file()) == part_of(archive, "schema")
    validator = Draft202012Validator(published.json())
    names = [name[:-5] for name in archive.namelist() if name.endswith(".json")]
    for name in set(names) - {"schema"}:
        validator.validate(part_of(archive, name))
    Draft202012Validator.check_schema(published.json())


def test_pages_have_no_scripts_and_show_texts_as_they_are(fetch, alice):
    HealthRecordFactory(patient=alice, title="<script>alert(1)</script>&'\"")

    archive = fetch("alice")

    pages = [name for name in archive.namelist() if name.endswith(".html")]
    assert len(pages) == 6
    for name in pages:
        page = archive.read(name).decode()
        assert "<script" not in page
        assert "default-src &#x27;none&#x27;" in page
    page = archive.read("records-0001.html").decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#x27;&quot;" in page


def test_pages_are_in_the_language_of_whose_they_are(fetch, api, alice):
    api("alice").patch("/api/auth/profile/", {"user": {"language": "de"}})

    archive = fetch("alice")

    for name in archive.namelist():
        if name.endswith(".html"):
            assert '<html lang="de">' in archive.read(name).decode()
    assert get_language() == "en"


def test_the_access_log_is_read_in_sentences_and_kept_as_it_is_stored(fetch, alice):
    AccessEntryFactory(patient_id=alice.pk, action="health_records.record_opened")
    AccessEntryFactory(
        patient_id=alice.pk, action="health_records.history_read", outcome="REFUSED"
    )

    archive = fetch("alice")

    page = archive.read("access-log-0001.html").decode()
    assert "<h2>Opened a health record · " in page
    assert "<dd>Refused: read the history of a health record</dd>" in page
    assert "health_records." not in page
    entries = part_of(archive, "access-log-0001")["entries"]
    actions = {entry["action"] for entry in entries}
    assert {"health_records.record_opened", "health_records.history_read"} <= actions


def test_an_export_without_recent_proof_is_not_begun_nor_fetched(api, alice):
    export = ExportFactory(user=alice.user, ready=True)
    client = api("alice")
    long_ago = timezone.now() - timedelta(hours=1)
    LoginSession.objects.filter(user=alice.user).update(proved_at=long_ago)

    with nothing_written():
        problem_of(client.post(EXPORTS), 403, "step_up_required")
        download = client.get(f"{url_of(export)}download/")
        problem_of(download, 403, "step_up_required")
        assert client.head(f"{url_of(export)}download/").status_code == 403
    assert client.get(url_of(export)).status_code == 200


def test_what_is_not_ready_says_what_it_is(api, alice):
    export = ExportFactory(user=alice.user)
    client = api("alice")

    def present() -> str:
        answer = client.get(f"{url_of(export)}download/")
        return str(problem_of(answer, 409, "export_not_ready")["present"])

    assert present() == "PENDING"
    under_way = Progress(export.pk)
    assert present() == client.get(url_of(export)).json()["status"] == "PREPARING"
    under_way.forget()
    Export.objects.update(status="FAILED")
    assert present() == "FAILED"


def test_looking_at_the_head_takes_nothing_along(api, alice):
    export = ExportFactory(user=alice.user, ready=True)
    client = api("alice")

    with nothing_written():
        answer = client.head(f"{url_of(export)}download/")

    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(export.size)


def test_after_a_day_the_bytes_are_gone(api, alice):
    export = ExportFactory(user=alice.user, ready=True)
    client = api("alice")
    assert client.get(f"{url_of(export)}download/").status_code == 200
    tasks.look_after_exports()
    assert ExportPiece.objects.count() == 1
    a_day_ago = timezone.now() - timedelta(hours=24)
    Export.objects.update(expires_at=a_day_ago)

    answer = client.get(f"{url_of(export)}download/")

    assert problem_of(answer, 409, "export_not_ready")["present"] == "EXPIRED"
    tasks.look_after_exports()
    assert ExportPiece.objects.count() == 0
    assert client.get(url_of(export)).json()["status"] == "EXPIRED"


def test_five_a_day_are_enough(api, alice):
    client = api("alice")
    for _ in range(5):
        assert client.post(EXPORTS).status_code == 202
        Export.objects.update(status="FAILED")

    with nothing_written():
        problem_of(client.post(EXPORTS), 429, "too_many_requests")


def test_many_records_fill_several_parts(monkeypatch, tmp_path, alice):
    monkeypatch.setattr(writer, "PART_BYTES", 1_500)
    records = HealthRecordFactory.create_batch(7, patient=alice)

    path = export_to(tmp_path / "a.zip", alice.user)

    names = ZipFile(path).namelist()
    assert "records-0002.json" in names
    ids = [record["id"] for record in parts_of(path)["records"]]
    assert ids == [str(record.pk) for record in records]


def test_the_access_log_is_what_the_patient_reads(api, alice, dr_bob, alices_record):
    bob = api("dr_bob")
    bob.get(f"/api/health-records/{alices_record.pk}/")
    bob.post(
        f"/api/health-records/{alices_record.pk}/comments/",
        {"comment": "Private", "is_private": True},
    )
    client = api("alice")
    with time_machine.travel(timezone.now(), tick=False):
        client.post(EXPORTS)
    read = client.get("/api/access-log/").json()["results"]
    work()
    (export,) = Export.objects.all()

    data = client.get(f"{url_of(export)}download/").getvalue()

    parts = part_of(ZipFile(io.BytesIO(data)), "access-log-0001")
    assert parts["entries"] == read
    assert len(read) == 3
