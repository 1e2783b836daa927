"""What stands above the operations in the OpenAPI document."""

DESCRIPTION = """\
Patients keep their own health records; doctors they trust read and annotate them.

**Signing in.** `register` and `login` give an access token and a refresh token. Send
the access token with every request: `Authorization: Bearer <access>`. It is valid for
a few minutes; `refresh_token` exchanges the refresh token, once, for a new pair.

**Who may do what** is decided again for every request. What you may not see does not
exist for you (404); what you may see but not do is a 403. A step that does not fit the
current state is a 409; most of them name that state in `present`.

**Bodies** are JSON in UTF-8, of at most 1 MiB. Unknown or read-only fields and
unknown query parameters are refused with a 400 and never ignored. White space around
short texts is removed.

**Times** are ISO 8601 with a zone, and are returned in UTC with `Z`. Ids are UUIDs.

**Lists** are pages, newest first: follow `next` until it is null. A cursor stays
valid while rows are added and removed: no other row is skipped or shown twice.

**Retries.** If no answer to a `POST` arrives, it may have taken effect. Where an
operation takes an `Idempotency-Key`, send a new random one with each thing that you do,
and the same one when you send it again: it takes effect once, and you get the first
answer.

**Errors** are problem details (RFC 9457, `application/problem+json`) with a stable
`code`; each code is explained in the [guide](/api-docs/). A method that an address
does not support is a 405, an unknown address a 404.
"""

# In the order of the guide; what cannot be taken back comes late.
TAGS = [
    {
        "name": "auth",
        "description": "Create an account, sign in and out, profile, password and "
        "second factors.",
    },
    {
        "name": "health-records",
        "description": "Patients' records, doctors' comments on them, and a doctor's "
        "patients.",
    },
    {
        "name": "care",
        "description": "Doctors and their licences; grants: who has access to what, "
        "how long and why; emergency access.",
    },
    {
        "name": "access-log",
        "description": "Who did what with a patient's data, when, why and from where.",
    },
    {"name": "notifications", "description": "Your inbox and notification settings."},
    {
        "name": "account",
        "description": "Export and erase your account.",
    },
    {"name": "staff", "description": "Decisions of administrators."},
    {"name": "server", "description": "The state of the server, and this document."},
]
