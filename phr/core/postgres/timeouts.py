"""How long a process waits for PostgreSQL, and PostgreSQL for itself.

Web processes and workers each ask for theirs when they start; a command that somebody
types, a migration above all, has none.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds; 0 is without end.

    :param statement: PostgreSQL works at one statement.
    :param lock: a statement waits for a lock.
    :param idle: a transaction stays open with nothing to do.
    :param answer: this process waits for an answer of a server that says nothing at
        all; more than `statement`, so that one that lives has the first word.
    :param silence: it waits before it looks whether the server answers anybody.
    :param of: what kind of process; not in seconds, but its name for an operator.
    """

    statement: int
    lock: int
    idle: int
    answer: int
    silence: float = 0
    of: str = "command"

    def as_options(self) -> str:
        """As libpq's `options` have them."""
        return " ".join(
            f"-c {name}={seconds}s"
            for name, seconds in (
                ("statement_timeout", self.statement),
                ("lock_timeout", self.lock),
                ("idle_in_transaction_session_timeout", self.idle),
            )
            if seconds
        )


COMMAND = Timeouts(statement=0, lock=0, idle=0, answer=0)
WEB = Timeouts(statement=5, lock=3, idle=60, answer=7, silence=0.4, of="web")
# Exports read for minutes; each task has a limit of its own.
WORKER = Timeouts(statement=300, lock=30, idle=600, answer=330, of="worker")

# Its lease ends while it waits, and another one goes on.
BEAT = Timeouts(statement=5, lock=3, idle=60, answer=7, of="beat")

# Of a replica, in exports and commands, and in pages: what it does not tell soon the
# primary is asked for.
REPLICA = Timeouts(statement=60, lock=1, idle=600, answer=70, silence=0.4)
REPLICA_FOR_PAGES = Timeouts(statement=2, lock=1, idle=60, answer=3, silence=0.4)

_present = COMMAND


def present() -> Timeouts:
    """The timeouts of this process."""
    return _present


def of_replica() -> Timeouts:
    """How long this process waits for a replica."""
    limits = REPLICA_FOR_PAGES if _present is WEB else REPLICA
    return replace(limits, of=_present.of)


def use(timeouts: Timeouts) -> None:
    """Have the connections that this process opens from now on keep these timeouts."""
    global _present  # noqa: PLW0603 - one for each process
    _present = timeouts
