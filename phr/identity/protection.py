"""How well an account is protected, for its owner."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from phr.accounts.models import User
from phr.core.mail_addresses import comparable
from phr.identity.second_factors import PASSKEY, TOTP


@dataclass(frozen=True, slots=True)
class Protection:
    """:param address_confirmed: so that a forgotten password can be set anew.
    :param has_factor: so that a password alone does not open the account.
    """

    address_confirmed: bool
    has_factor: bool


def read_protection(user: User) -> Protection:
    """What `has_confirmed_address` and `has_factor` say, in one statement."""
    addresses = EmailAddress.objects.filter(
        user=OuterRef("pk"), email=comparable(user.email), verified=True
    )
    factors = Authenticator.objects.filter(
        user=OuterRef("pk"), type__in=(TOTP, PASSKEY)
    )
    row = User.objects.filter(pk=user.pk).values_list(
        Exists(addresses), Exists(factors)
    )
    return Protection(*row.get())
