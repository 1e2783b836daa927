from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import migrations, models, transaction
from django.db.models import Q

from phr.accounts.mailbox_limits import mailbox_of
from phr.core.mail_addresses import (
    comparable,
    domain_in_ascii,
    normalized,
    validate_address,
)

AT_ONCE = 500
NOT_ASCII = r"[^\x01-\x7f]"


def respell(apps: Any, schema_editor: Any) -> None:
    """Bring addresses to the spelling that is compared from now on."""
    for user in each(apps.get_model("accounts", "User"), "email"):
        with suppress(ValidationError):  # else it stays, and gets no mail
            user.email = normalized(user.email)
        user.save(update_fields=["email"])
    for row in each(apps.get_model("account", "EmailAddress"), "email"):
        respell_claim(row)
    for mail in each(apps.get_model("accounts", "Mail"), "address"):
        mail.mailbox = mailbox_of(mail.address)
        mail.save(update_fields=["mailbox"])


def each(model: Any, field: str) -> Iterator[Any]:
    """Rows that may be written otherwise, in batches of their own transactions."""
    odd = (
        Q(**{f"{field}__regex": NOT_ASCII})
        | Q(**{f"{field}__icontains": "xn--"})
        | Q(**{f"{field}__startswith": '"'})
    )
    rows, last = model.objects.filter(odd).order_by("pk"), None
    while True:
        with transaction.atomic():
            after = rows.filter(pk__gt=last) if last else rows
            batch = list(after.select_for_update(no_key=True)[:AT_ONCE])
            yield from batch
        if len(batch) < AT_ONCE:
            return
        last = batch[-1].pk


def respell_claim(row: Any) -> None:
    """Write an account's claim of an address anew.

    It is confirmed no longer if it was by whoever reads the mail of another domain, or
    if another account has confirmed the same mailbox in another spelling.
    """
    row.refresh_from_db()  # it may have got what a twin of its batch had
    address = comparable(row.email)
    same = type(row).objects.filter(email=address).exclude(pk=row.pk)
    others = same.exclude(user_id=row.user_id).filter(verified=True)
    elsewhere = went_elsewhere(row.email)
    row.verified = row.verified and not elsewhere and not others.exists()
    twin = same.filter(user_id=row.user_id).first()
    if elsewhere or twin is not None:
        # First, as an account has one that counts. And a link to confirm it names the
        # row that was, and may lie with a stranger: what is saved below is another.
        row.delete()
    if twin is not None:
        twin.verified |= row.verified
        twin.primary |= row.primary
        row = twin
    row.email = address
    row.save()


def went_elsewhere(address: str) -> bool:
    """Whether mail to it went to another domain, that of IDNA 2003."""
    domain = address.rpartition("@")[2]
    try:
        return domain.encode("idna").decode().lower() != domain_in_ascii(domain)
    except UnicodeError:
        return False


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0015_refreshes_are_repeated"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.CharField(
                max_length=254,
                validators=[validate_address],
                verbose_name="e-mail address",
            ),
        ),
        migrations.RunPython(respell, migrations.RunPython.noop),
    ]
