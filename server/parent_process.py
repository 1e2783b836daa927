"""A web process ends with the one that has started it."""

import multiprocessing
import os
import signal
import time
from threading import Thread

SECONDS_BETWEEN_LOOKS = 1
SECONDS_TO_FINISH = 10  # what is in flight, before it is ended all the same


def end_with_parent() -> None:
    """Let this process not outlive the server's main process, however that ends.

    A main process that is killed (SIGKILL, out of memory) can end nobody: its workers
    would hold the port, and serve on with old code and settings. Orphans get another
    parent, which is looked at: PR_SET_PDEATHSIG is Linux's alone, and is about the
    thread that has started a process. A server that does without other processes has no
    parent that matters here.
    """
    parent = multiprocessing.parent_process()
    # One that was killed while this process was still starting is no parent any more.
    if parent and (parent.pid == os.getppid() or not parent.is_alive()):
        Thread(target=watch, args=[parent.pid], name="parent", daemon=True).start()


def watch(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    # The kernel's clock: on its way out Python stops threads such as this one, and the
    # server may wait longer, for clients that send half a request.
    signal.alarm(SECONDS_TO_FINISH)
    os.kill(os.getpid(), signal.SIGTERM)
