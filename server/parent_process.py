"""A web process ends with the one that has started it."""

import multiprocessing
import os
import signal
import time
from multiprocessing.process import BaseProcess
from threading import Thread

SECONDS_BETWEEN_LOOKS = 1
SECONDS_TO_FINISH = 10  # what is in flight, before it is ended all the same


def end_with_parent() -> None:
    """Let this process not outlive the server's main process, however that ends.

    A main process that is killed (SIGKILL, out of memory) can end nobody: its workers
    would hold the port, and serve on with old code and settings. PR_SET_PDEATHSIG is
    Linux's alone, and is about the thread that has started a process. A server that
    does without other processes has no parent that matters here.
    """
    parent = multiprocessing.parent_process()
    if parent:
        Thread(target=watch, args=[parent], name="parent", daemon=True).start()


def is_there(parent: BaseProcess) -> bool:
    """Whether the main process lives; it may have been killed before this one began.

    Orphans get another parent. That a pipe is closed would tell as well, but where
    processes are forked, those started later hold an end of it.
    """
    if multiprocessing.get_start_method() == "forkserver":  # it is the parent of all
        return parent.is_alive()
    return os.getppid() == parent.pid


def watch(parent: BaseProcess) -> None:
    while is_there(parent):
        time.sleep(SECONDS_BETWEEN_LOOKS)
    # The kernel's clock: on its way out Python stops threads such as this one, and the
    # server may wait longer, for clients that send half a request.
    signal.alarm(SECONDS_TO_FINISH)
    os.kill(os.getpid(), signal.SIGTERM)
