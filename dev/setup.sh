#!/bin/sh
# Finds a Python that is new enough and lets dev/install.py fill the virtual
# environment with it. Does nothing when that has been done.
set -eu
cd "$(dirname "$0")/.."
enough='import sys; sys.exit(sys.version_info < (3, 11))'

is_enough() { "$1" -c "$enough" >/dev/null 2>&1; }

if [ -n "${PYTHON:-}" ]; then
    is_enough "$PYTHON" && exec "$PYTHON" -m dev.install
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2
    exit 1
fi
venv=${VENV:-.venv}
if is_enough "$venv/bin/python" && "$venv/bin/python" -m dev.install --check; then
    exit 0
fi
for python in python3 python3.13 python3.12 python3.11 python3.14 python; do
    is_enough "$python" && exec "$python" -m dev.install
done
echo "This needs Python 3.11 or newer, and none is on the PATH." >&2
echo "Install one, or name one: make run PYTHON=/path/to/python3.12" >&2
exit 1
