"""Migrate and load the demo data, in one process: starting Django is what takes time.

Prints what `load_demo` prints: who can sign in.
"""

import django
from django.conf import settings
from django.core.management import CommandError, call_command


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if not settings.DEBUG:
        print("DEBUG is off: no demo data.")
        return
    try:
        call_command("load_demo")
    except CommandError as reason:  # for one, a database with data of somebody's own
        print(f"No demo data: {reason}")


if __name__ == "__main__":
    main()
