"""Exports without HTTP in between, and what is in them."""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
from django.core.management import call_command
from django.utils import timezone

from phr.accounts.models import User
from phr.archive.layout import SERIES
from phr.archive.progress import Progress
from phr.archive.writer import write_archive
from phr.core.ids import uuid7

Parts = dict[str, Any]


def export_to(path: Path, user: User) -> Path:
    """Write the user's archive to a file."""
    with path.open("w+b") as file:
        write_archive(user, file, at=timezone.now(), progress=Progress(uuid7()))
    return path


def parts_of(path: Path) -> Parts:
    """The parts by kind, series put together."""
    parts: Parts = {kind: [] for kind in SERIES}
    with ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith(".json") or name in ("manifest.json", "schema.json"):
                continue
            part = orjson.loads(archive.read(name))
            kind = part["part"]
            if kind in SERIES:
                parts[kind] += part[SERIES[kind]]
            else:
                parts[kind] = part
    return parts


def what_moves(parts: Parts) -> Parts:
    """What must be the same on another installation.

    Sessions and second factors stay behind, as does the access log; nobody vouches
    for a doctor there.
    """
    account = parts["account"] | {
        name: [] for name in ("second_factors", "login_sessions", "browser_sessions")
    }
    doctors = [doctor | {"is_verified": False} for doctor in parts["care"]["doctors"]]
    return {
        "account": account,
        "care": parts["care"] | {"doctors": doctors},
        "records": parts["records"],
        "notifications": parts["notifications"],
    }


def import_from(path: Path, **options: Any) -> None:
    call_command("import_archive", str(path), **options)
