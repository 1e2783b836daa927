"""Passwords as argon2id, computed one at a time and behind everything else."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import get_native_id
from typing import Any, TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from phr.accounts.metrics import HASH_SECONDS, HASHING
from phr.core.password_validation import normalized

Result = TypeVar("Result")

NICENESS = 5  # about a quarter of a processor, where others want it as well


def give_way() -> None:
    """Let other threads go first; on Linux alone a thread has a niceness of its own."""
    if sys.platform == "linux":
        thread = get_native_id()
        # Only root makes it less, where the whole process was started with more.
        niceness = max(os.getpriority(os.PRIO_PROCESS, thread), NICENESS)
        os.setpriority(os.PRIO_PROCESS, thread, niceness)


def new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "argon2", initializer=give_way)


class HashingThread:
    """The one thread of this process in which passwords are hashed.

    argon2 lets go of Python's lock, so that any number could be computed at once: a
    flood of sign-ins would take all processors and 19 MiB for each.
    """

    def __init__(self) -> None:
        self.thread = new_thread()

    def renew(self) -> None:
        """A process that was forked has no threads yet."""
        self.thread = new_thread()

    def run(self, work: Callable[..., Result], *args: Any) -> Result:
        with HASHING.track_inprogress(), HASH_SECONDS.time():
            return self.thread.submit(work, *args).result()


hashing_thread = HashingThread()
os.register_at_fork(after_in_child=hashing_thread.renew)


def spellings(password: str) -> list[str]:
    """What a hash may be of: the normalized password, or one as it was typed.

    The second is of older hashes, and is tried where it is something else (ADR 60).
    """
    return list(dict.fromkeys((normalized(password), password)))


class CalmArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id as OWASP's password storage cheat sheet has it (docs/adr/0031).

    Of its equal settings that with the least memory but one; one lane, as more would
    only take more processors at once.
    """

    time_cost, memory_cost, parallelism = 2, 19 * 1024, 1

    def encode(self, password: str, salt: str) -> str:
        return hashing_thread.run(super().encode, normalized(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        verify = super().verify
        return any(
            hashing_thread.run(verify, spelling, encoded)
            for spelling in spellings(password)
        )
