"""What is wrong with an environment, and what production must be given."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, read_environment

SECRET_KEYS = ("SECRET_KEY", "JWT_SIGNING_KEY", "LEDGER_SIGNING_KEY", "ENCRYPTION_KEY")


def faults(kind: type[Environment] = Environment) -> dict[str, str]:
    """What is wrong with the environment, by setting."""
    with pytest.raises(ImproperlyConfigured) as error:
        read_environment(kind)
    title, *lines = str(error.value).splitlines()
    assert title == "Settings:"
    return dict(line.strip().split(": ", 1) for line in lines)
