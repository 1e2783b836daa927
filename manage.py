#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    try:
        if sys.argv[1:2] == ["make_keys"]:  # it makes settings, and so needs none
            from config.make_keys import main

            main(sys.argv[2:])
        else:
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:  # it names the settings, and is no defect
        sys.exit(str(fault))
