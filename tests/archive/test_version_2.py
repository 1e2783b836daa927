"""An archive of version 2, as it was written in 2026, is imported for ever.

It is that of version 1, whose patient has chosen a language and a time zone since. The
files under v2/ are never changed.
"""

import io
from pathlib import Path

import orjson
import pytest

from phr.accounts.models import User
from phr.archive.formats import read_part, v2
from phr.care.models import CareGrant
from phr.health_records.models import HealthRecord, RecordVersion
from phr.notifications.models import Notification
from tests.archive.exporting import export_to, import_from, parts_of
from tests.archive.forging import forged, refused, write

V1, V2 = (Path(__file__).parent / name for name in ("v1", "v2"))


def members_under(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def archive(tmp_path) -> Path:
    return write(tmp_path / "v2.zip", members_under(V2))


@pytest.fixture
def mara(db, archive) -> User:
    """Whose archive it is, after the import."""
    import_from(archive, stdout=io.StringIO())
    return User.objects.get(username="mara.lindqvist")


def test_its_language_and_time_zone_are_here(mara):
    assert (mara.language, mara.time_zone) == ("de", "Europe/Stockholm")


def test_everything_else_of_it_is_here_too(mara):
    patient = mara.patient_profile
    assert (patient.blood_type, patient.allergies) == ("A+", "Penicillin\nHazelnuts")
    assert not mara.login_sessions.exists()
    grants = CareGrant.objects.filter(patient=patient)
    assert set(grants.values_list("status", "doctor__user__last_name")) == {
        ("ACTIVE", "Okafor"),
        ("ENDED", "Brandt"),
        ("DECLINED", "Brandt"),
        ("EXPIRED", "Brandt"),
    }
    records = HealthRecord.objects.filter(patient=patient).order_by("-visit_date")
    assert [record.title for record in records] == [
        "Knee pain after a fall",
        "Blood count",
    ]
    assert RecordVersion.objects.filter(id=records[0].pk).exists()
    titles = Notification.objects.filter(recipient=mara).values_list("title", flat=True)
    assert set(titles) == {"New comment", "New sign-in"}


def test_it_is_written_again_as_it_was(mara, tmp_path):
    again = parts_of(export_to(tmp_path / "again.zip", mara))

    assert (
        again["account"]["user"]
        == orjson.loads((V2 / "account.json").read_bytes())["user"]
    )


def test_who_comes_from_version_1_has_chosen_neither():
    part = orjson.loads((V1 / "account.json").read_bytes())

    account = read_part(1, "account", part)

    assert isinstance(account, v2.Account)
    assert (account.user.language, account.user.time_zone) == ("", "")


@pytest.mark.django_db
def test_version_1_has_no_language(tmp_path):
    path = write(tmp_path / "v1.zip", members_under(V1))

    def add_language(part):
        part["user"]["language"] = "de"

    refused(
        forged(path, "account.json", add_language),
        r"match the schema: \$.user \(additionalProperties\)",
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"language": "fr"}, r"language \(enum\)"),
        ({"language": "DE"}, r"language \(enum\)"),
        ({"language": None}, r"language \(enum\)"),
        ({"time_zone": "../../etc/passwd"}, r"time_zone \(pattern\)"),
        ({"time_zone": "Europe/\0"}, r"time_zone \(pattern\)"),
        ({"time_zone": "x" * 65}, r"time_zone \(maxLength\)"),
    ],
)
@pytest.mark.django_db
def test_what_is_no_language_or_time_zone_is_refused(archive, change, fault):
    path = forged(archive, "account.json", lambda part: part["user"].update(change))

    refused(path, rf"\$.user.{fault}")


@pytest.mark.parametrize("name", ["Mars/Olympus", "europe/stockholm", "Factory"])
@pytest.mark.django_db
def test_a_zone_that_is_not_known_here_refuses_nobodys_archive(archive, name):
    path = forged(
        archive, "account.json", lambda part: part["user"].update(time_zone=name)
    )

    import_from(path, stdout=io.StringIO())

    assert User.objects.get(username="mara.lindqvist").time_zone == ""
