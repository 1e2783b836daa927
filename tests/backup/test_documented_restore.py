"""What docs/restore.md tells to type, typed: from the nightly backup to the loss of the
machine and the check of the ledger."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.utils import timezone

from phr.audit.seals import seal_ledger
from phr.erasure.tasks import run_due_erasures
from phr.health_records.models import HealthRecord
from tests.conftest import Api
from tests.erasure.conftest import asked
from tests.production import ROOT
from tests.running.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = (ROOT / "docs" / "restore.md").read_text(encoding="utf-8")
BACKUPS = "/var/backups/health-record-api"
Typed = Callable[..., str]


def commands(part: str) -> str:
    """What stands in a part of the page to be typed."""
    found = re.search(rf"<!-- {part}:start -->(.*)<!-- {part}:end -->", PAGE, re.DOTALL)
    assert found
    return "\n".join(re.findall(r"```bash\n(.*?)```", found[1], re.DOTALL))


@pytest.fixture
def typed(keys: dict[str, str], tmp_path: Path) -> Typed:
    """Type the commands of a part, on a machine whose folder of backups is ours."""
    program = tmp_path / "bin" / "manage.py"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/manage.py "$@"\n')
    program.chmod(0o755)
    (tmp_path / "backups").mkdir()

    def type_part(part: str, **machine: str) -> str:
        script = commands(part).replace(BACKUPS, str(tmp_path / "backups"))
        env = keys | machine
        env |= {"PATH": f"{program.parent}:{env['PATH']}"}
        env |= {"DJANGO_SETTINGS_MODULE": "config.settings.production"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return type_part


def test_a_machine_is_lost_and_restored_by_what_the_page_says(
    api: Api,
    alices_record: HealthRecord,
    dr_bob: object,
    carol: object,
    typed: Typed,
    new_machine: dict[str, str],
) -> None:
    path = f"/api/health-records/{alices_record.pk}/"
    assert api("dr_bob").get(path).status_code == 200
    seal_ledger(at=timezone.now())
    here = {"DATABASE_URL": database_url()}
    admin = {"DATABASE_ADMIN_URL": new_machine["DATABASE_ADMIN_URL"]}

    typed("nightly", **here)
    tried = typed("weekly", **here, **admin)
    asked(carol)
    run_due_erasures(timezone.now())
    typed("hourly", **here)
    restored = typed("restore", **new_machine)

    assert "It can be restored." in tried
    assert "Accounts erased again: 1." in restored
    assert "The ledger is intact." in restored
    with psycopg.connect(new_machine["DATABASE_OWNER_URL"]) as session:
        records = session.execute("SELECT id FROM health_records_healthrecord")
        assert records.fetchall() == [(alices_record.pk,)]
