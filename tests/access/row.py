"""One row of the table of access: a request, and who gets which answer."""

from dataclasses import dataclass, field, replace
from typing import Any

PEOPLE = {
    "alice": "the patient whose record it is",
    "dr_bob": "a doctor with an open grant that covers the record",
    "dr_jo": "a doctor with emergency access",
    "dr_fay": "a doctor with an open grant for other types of record only",
    "dr_eve": "a doctor whose grant was ended",
    "dr_gil": "a doctor whose grant has expired",
    "dr_ira": "a doctor who has asked, and was declined",
    "dr_hal": "a doctor who has asked, and waits",
    "dr_dan": "a doctor without a grant",
    "carol": "another patient",
    "sam": "staff with the rights that work with doctors and grants needs",
    "nina": "staff without any right",
    "nobody": "nobody is signed in",
}


@dataclass(frozen=True)
class Row:
    """One request, and the status that each of `PEOPLE` gets.

    Braces in path and body stand for what the scene of the test puts there.

    :param case: what sets it apart from other rows of the same method and path.
    :param given: what a name in braces stands for in this row, if not as usual.
    :param session: sent with a browser's session instead of a token.
    :param form: the body is sent as a form is, and 302 says that it was done.
    :param proof: of a form, whether it wants a password or a code of the last minutes.
    """

    method: str
    path: str
    statuses: dict[str, int]
    case: str = ""
    body: dict[str, Any] | None = None
    given: dict[str, str] = field(default_factory=dict)
    session: bool = False
    form: bool = False
    proof: bool = False

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.method, self.path, self.case)))


def row(
    method: str,
    path: str,
    *,
    others: int,
    nobody: int = 401,
    body: dict[str, Any] | None = None,
    about: tuple[str, dict[str, str]] = ("", {}),
    session: bool = False,
    **exceptions: int,
) -> Row:
    """Write one row of the table.

    :param others: the status of all who are not named.
    :param about: case and given, see `Row`.
    :param exceptions: the status of those who are named; Nina's is Sam's if only he is.
    """
    of_staff = {"nina": exceptions["sam"]} if "sam" in exceptions else {}
    statuses = (
        dict.fromkeys(PEOPLE, others) | {"nobody": nobody} | of_staff | exceptions
    )
    if statuses.keys() != PEOPLE.keys():
        raise ValueError(f"Unknown people in {exceptions}")
    return Row(method, path, statuses, about[0], body, about[1], session)


def public(method: str, path: str, status: int = 200, **options: Any) -> Row:
    return row(method, path, others=status, nobody=status, **options)


def page(path: str, *, others: int, **exceptions: Any) -> Row:
    """A page of the portal to read. Who is not signed in is asked to."""
    read = row("GET", path, others=others, nobody=302, **exceptions)
    return replace(read, session=True)


def form(
    path: str,
    body: dict[str, Any],
    *,
    others: int,
    nobody: int = 302,
    about: tuple[str, dict[str, str]] = ("", {}),
    proof: bool = False,
    **exceptions: Any,
) -> Row:
    """A form of the portal that is sent; 302 leads to where its effect is shown.

    :param proof: whether it wants a password or a code of the last minutes.
    """
    sent = row(
        "POST", path, others=others, nobody=nobody, body=body, about=about, **exceptions
    )
    return replace(sent, session=True, form=True, proof=proof)
