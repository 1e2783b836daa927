"""What stands above the operations in the OpenAPI document."""

DESCRIPTION = """\
Patients keep their own health records; doctors they trust read and annotate them.

**Signing in.** `register` and `login` give an access token and a refresh token. Send
the access token with every request: `Authorization: Bearer <access>`. It lives a few
minutes; `refresh_token` exchanges the refresh token, once, for a new pair.

**Who may do what** is decided anew with every request. What you may not see is answered
as if it did not exist (404); what you may see but not do is a 403. A step that does not
fit the present state is a 409, most of which name that state in `present`.

**Bodies** are JSON in UTF-8, of at most 1 MiB. Fields and query parameters that are
unknown, or not yours to write, are refused with a 400 and never ignored. White space
around short texts is not kept.

**Times** are ISO 8601 with a zone, and are answered in UTC with `Z`. Ids are UUIDs.

**Lists** are pages, newest first: follow `next` until it is null. A cursor stays good
while rows come and go: none that stands still is skipped or shown twice.

**Errors** are problem details (RFC 9457, `application/problem+json`) with a stable
`code`; each code is explained in the [guide](/api-docs/). A method that an address
does not know is a 405, an address that is none a 404.
"""

# In the order of the guide; what cannot be taken back comes late.
TAGS = [
    {
        "name": "auth",
        "description": "Opening an account, signing in and out, one's profile, the "
        "password, and second factors.",
    },
    {
        "name": "health-records",
        "description": "Patients' records, doctors' comments on them, and the patients "
        "in a doctor's care.",
    },
    {
        "name": "care",
        "description": "Doctors and their licences; grants: who lets whom in, how far, "
        "how long and why; emergency access.",
    },
    {
        "name": "access-log",
        "description": "Who did what with a patient's data, when, why and from where.",
    },
    {"name": "notifications", "description": "What one was told."},
    {
        "name": "account",
        "description": "Taking one's own account along, and deleting it.",
    },
    {"name": "staff", "description": "What administrators decide."},
    {"name": "server", "description": "Whether it works, and this document."},
]
