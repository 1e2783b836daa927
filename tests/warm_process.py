"""Python in a process that has imported what we depend on already, and nothing of ours.

It is forked from one that has, which spares each the longer part of its start.
"""

import atexit
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds
DEPENDENCIES = (
    *(
        "django.core.management",
        "django.contrib.admin",
        "django.test",
        "celery.app.base",
    ),
    *("kombu.transport.redis", "pydantic_settings", "pydantic.networks", "idna"),
    *("psycopg", "redis", "structlog", "django_structlog", "rest_framework.test"),
    *("rest_framework.views", "drf_spectacular.openapi", "allauth.mfa.adapter"),
    *("allauth.account.adapter", "fido2.server", "jwt", "argon2", "whitenoise.storage"),
)


def run_warm(
    arguments: Sequence[str], env: Mapping[str, str], stdin: str
) -> subprocess.CompletedProcess[str]:
    """Run a script, or the code after `-c`, as `python` would in this environment.

    :raises TimeoutExpired: it does not end; it is killed.
    """
    with TemporaryDirectory() as folder:
        (Path(folder) / "stdin").write_text(stdin)
        request = {"arguments": arguments, "env": dict(env), "folder": folder}
        code = code_of(json.dumps(request))
        if code is None:
            raise subprocess.TimeoutExpired(list(arguments), PATIENCE)
        out, err = ((Path(folder) / each).read_text() for each in ("stdout", "stderr"))
    return subprocess.CompletedProcess(list(arguments), code, out, err)


def code_of(request: str) -> int | None:
    """The exit code of what is asked for, or none if it had to be killed."""
    server = forking_server()
    assert server.stdin
    assert server.stdout
    server.stdin.write(request + "\n")
    server.stdin.flush()
    if select([server.stdout], [], [], PATIENCE)[0]:
        return int(server.stdout.readline())
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    forking_server.cache_clear()
    return None


@cache
def forking_server() -> subprocess.Popen[str]:
    """The process from which others are forked; one for each that runs tests."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.warm_process"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert server.stdin
    atexit.register(server.communicate)  # it ends where its input does
    return server


def serve() -> None:
    """Fork for each line of the input; who was forked runs what the line asks for."""
    for name in DEPENDENCIES:
        with suppress(ImproperlyConfigured):  # the rest of it wants settings
            importlib.import_module(name)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            take_over(**json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def take_over(arguments: Sequence[str], env: Mapping[str, str], folder: str) -> None:
    """Run, and end without taking apart all that was imported, which takes its time."""
    os.environ.clear()
    os.environ.update(env)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(os.open(Path(folder) / name, os.O_RDWR | os.O_CREAT), number)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - the other is read
    code = 1
    try:
        code = exit_code(arguments, Path(folder))
    except BaseException:  # noqa: BLE001 - what the interpreter does with it
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(code)


def exit_code(arguments: Sequence[str], folder: Path) -> int:
    script, *rest = arguments
    if script == "-c":
        code, *rest = rest
        script = str(folder / "code.py")
        Path(script).write_text(code)
    sys.argv = [script, *rest]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    serve()
