"""`make run`: everything a person needs to try the server, in the foreground."""

import contextlib
import errno
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping

from dev import places, stopping
from dev.application import HOST, application, await_web, environment_for, stay
from dev.console import CannotGoOn, say, speak_plainly, step
from dev.lock import disown, only_run
from dev.people import NOTE
from dev.prepare import REFUSED
from dev.processes import Guard, Start, end_all, start
from dev.servers import SERVERS, development_servers

ADDRESSES = {
    "Portal": "/",
    "API guide": "/api-docs/",
    "Swagger UI": "/swagger/",
    "Admin site": "/admin/",
}


def main() -> int:
    speak_plainly()
    stopping.listen()
    try:
        serve(chosen_port())
    except stopping.StopAsked:
        say("Stopped. The data is kept for the next run.")
    except CannotGoOn as trouble:
        say(f"make run: {trouble}")
        return 1
    return 0


def chosen_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CannotGoOn(f"PORT={given} is not a port; use a number up to 65535.")
    return int(given)


def serve(port: int) -> None:
    """Start everything in order, stay, and end everything in reverse order."""
    path = places.own_folder(places.DATA) / "lock"
    with only_run(path) as lock, contextlib.ExitStack() as stack:
        complain_if_taken(port)
        try:
            start_and_stay(port, stack.enter_context(Guard(keep=[lock])), stack)
        finally:
            disown(lock)


def start_and_stay(port: int, guard: Guard, stack: contextlib.ExitStack) -> None:
    started = time.monotonic()
    urls, servers = stack.enter_context(development_servers(guard))
    stack.enter_context(noted(urls))
    env = environment_for(urls, port)
    with step("Migrating the database and loading the demo data"):
        sign_ins = prepare(env, guard)
    complain_if_taken(port)  # once more: two web servers can share a port unnoticed
    with step("Starting web, workers and beat"):
        processes = stack.enter_context(application(port, env, guard))
        await_web(port, processes)
    show(port, sign_ins, time.monotonic() - started)
    stay([*processes, *servers])


def complain_if_taken(port: int) -> None:
    """See that nobody listens on the port.

    :raises CannotGoOn: somebody does, or the port is not for us.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = f"Port {port} is already in use by another program."
            else:
                reason = f"Port {port} cannot be used ({error.strerror})."
            raise CannotGoOn(f"{reason} Try: PORT={port + 1} make run") from error


@contextlib.contextmanager
def noted(urls: Mapping[str, str]) -> Iterator[None]:
    """Note the addresses where `dev.manage` finds them, while they hold."""
    SERVERS.unlink(missing_ok=True)
    SERVERS.touch(mode=0o600)
    SERVERS.write_text("".join(f"{name}={url}\n" for name, url in urls.items()))
    try:
        yield
    finally:
        SERVERS.unlink(missing_ok=True)


def prepare(env: Mapping[str, str], guard: Guard) -> str:
    """Migrate and load the demo data; return the demo's sign-ins.

    :raises CannotGoOn: a setting is wrong, which the message names, or it failed.
    """
    log = places.DATA / "prepare.log"
    command = [sys.executable, "-m", "dev.prepare"]
    process = start("prepare", Start(command, env, places.CHECKOUT, log=log), guard)
    try:
        stopping.wait_for(lambda: process.exit_code is not None, 600)
    finally:
        end_all([process])
    printed = log.read_text(errors="replace")
    if process.exit_code == REFUSED:
        raise CannotGoOn(printed.strip())
    if process.exit_code != 0:
        last = printed.strip().rpartition("\n")[2]
        raise CannotGoOn(f"The database could not be prepared ({last}); see {log}.")
    return printed


def show(port: int, sign_ins: str, seconds: float) -> None:
    """Print what a person wants to know now: where it is, and who can sign in."""
    root = f"http://{HOST}:{port}"
    say()
    say(f"The Health Record API is up after {seconds:.1f} s.")
    say()
    for what, path in ADDRESSES.items():
        say(f"  {what:<12} {root}{path}")
    say()
    say(sign_ins.rstrip())
    NOTE.write_text(sign_ins, encoding="utf-8")
    say()
    say("`make people` prints them again. Ctrl-C stops it; the data is kept.")


if __name__ == "__main__":
    sys.exit(main())
