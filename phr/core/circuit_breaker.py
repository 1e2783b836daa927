"""Nobody waits for a part that has just been found not to answer."""

import os
from collections.abc import Callable
from threading import Lock, Thread, current_thread
from time import sleep

from phr.core import observing


class CircuitBreaker:
    """Open from a failure until the part answers again.

    Whoever asks meanwhile is to fail at once, instead of blocking a thread until the
    timeout. That the part answers again is found out by a thread, and so at the cost
    of nobody's request.

    :param answers: tries the part, for a few seconds at most.
    :param seconds: between two tries.
    """

    def __init__(self, answers: Callable[[], bool], seconds: float) -> None:
        self.answers, self.seconds = answers, seconds
        self.begin_anew()
        os.register_at_fork(after_in_child=self.begin_anew)

    def begin_anew(self) -> None:
        """Closed: a forked process has no thread that would close it."""
        self.is_open = False
        self.turn = Lock()
        self.thread: Thread | None = None

    def open(self) -> None:
        """Have nobody ask until the part answers.

        :raises RuntimeError: this process can begin no thread; it stays closed.
        """
        with self.turn:
            if self.thread is None:
                thread = Thread(target=self.keep_trying, name="breaker", daemon=True)
                thread.start()
                self.thread = thread
            self.is_open = True

    def close(self) -> None:
        with self.turn:
            self.is_open, self.thread = False, None

    def keep_trying(self) -> None:
        while True:
            sleep(self.seconds)
            if self.thread is not current_thread():  # somebody else has closed it
                return
            if self.finds_answer():
                self.close()
                return

    def finds_answer(self) -> bool:
        try:
            return self.answers()
        except Exception as error:  # noqa: BLE001 - the thread has to go on
            observing.note_failure("breaker", error)
            return False
