#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def leave(arguments: list[str], fault: str) -> NoReturn:
    """Name the settings that are missing or wrong, in the form that was asked for."""
    as_wished = any(len(a) > 2 and "--json".startswith(a) for a in arguments[1:])
    if arguments[:1] == ["doctor"] and as_wished:
        from phr.operations.findings import as_json, findings_of_settings

        print(as_json(findings_of_settings(fault)))
        sys.exit(1)
    sys.exit(fault)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    try:
        if sys.argv[1:2] == ["make_keys"]:  # it makes settings, and so needs none
            from config.make_keys import main

            main(sys.argv[2:])
        else:
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:  # it names the settings, and is no defect
        leave(sys.argv[1:], str(fault))
