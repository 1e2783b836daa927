"""Migrate and load the demo data, in one process: starting Django is what takes time.

Prints what `load_demo` prints, who can sign in; or one sentence that names the setting
which is wrong, and ends with `REFUSED`.
"""

import os
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

REFUSED = 3


def main() -> None:
    """:raises SystemExit: a setting is wrong, or what it leads to cannot be used."""
    set_up()
    from phr.core.backing_services import (  # Django knows its settings now
        NotUsable,
        check_redis,
    )

    try:
        check_redis(settings.REDIS_URL)
        call_command("migrate", interactive=False, verbosity=0)
    except (NotUsable, CommandError) as reason:
        exit_with(str(reason))
    if not settings.DEBUG:
        print("DEBUG is off: no demo data.")
        return
    try:
        call_command("load_demo")
    except CommandError as reason:  # for one, a database with data of somebody's own
        print(f"No demo data: {reason}")


def set_up() -> None:
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        exit_with(" ".join(str(fault).split()).removeprefix("Settings: "))
    except ModuleNotFoundError as fault:
        module = os.environ.get("DJANGO_SETTINGS_MODULE", "")
        if fault.name is None or not f"{module}.".startswith(f"{fault.name}."):
            raise
        exit_with("DJANGO_SETTINGS_MODULE: there is no module with that name.")


def exit_with(reason: str) -> None:
    print(reason)
    sys.exit(REFUSED)


if __name__ == "__main__":
    main()
