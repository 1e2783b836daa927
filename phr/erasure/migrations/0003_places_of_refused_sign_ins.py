from collections import Counter
from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef
from django.utils import timezone

from phr.audit.redaction import redact_lines

AT_ONCE = 500


def redact(apps: Any, schema_editor: Any) -> None:
    """Forget from where signing in was tried of those who have left before."""
    users = apps.get_model("accounts", "User").objects.filter(pk=OuterRef("user_id"))
    erasures = apps.get_model("erasure", "Erasure").objects
    for erasure in erasures.filter(~Exists(users), erased_at__isnull=False):
        while lines := redact_lines(
            actor_id=erasure.user_id, at=timezone.now(), at_most=AT_ONCE
        ):
            counts = Counter(erasure.counts) + Counter(ledger_lines_redacted=lines)
            erasure.counts = dict(sorted(counts.items()))
            erasure.save(update_fields=["counts"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0016_addresses_have_one_spelling"),
        ("audit", "0006_refused_sign_ins_are_found"),
        ("erasure", "0002_journal_is_found"),
    ]

    operations = [migrations.RunPython(redact, migrations.RunPython.noop)]
