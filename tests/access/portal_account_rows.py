"""The rows of the portal's pages for signing in, and of one's own account."""

from tests.access.row import form, page, public

NEW = {"password": "{new_password}", "password_confirm": "{new_password}"}
ACCOUNT = "/account/"
EXPORT = ACCOUNT + "export/"
ONE_PASSKEY = ACCOUNT + "passkeys/{passkey_id}/"
CONFIRM, RESET = ACCOUNT + "confirm-email/", ACCOUNT + "reset-password/"

SIGNING_IN = [
    public("GET", "/sign-in/"),
    form("/sign-in/", {}, others=400, nobody=400),
    public("GET", "/sign-in/code/", 302),
    form("/sign-in/code/", {}, others=400, nobody=400),
    public("GET", "/sign-in/passkey/", 302),
    form("/sign-in/passkey/", {}, others=400, nobody=400),
    form("/sign-out/", {}, others=302),
    public("GET", "/session/"),
    form("/language/", {"language": "de"}, others=302, nobody=302),
    public("GET", "/sign-up/"),
    form("/sign-up/", {}, others=400, nobody=400),
    public("GET", "/sign-up/doctor/"),
    form("/sign-up/doctor/", {}, others=400, nobody=400),
    public("GET", "/forgot-password/"),
    form("/forgot-password/", {"email": "alice@example.org"}, others=302),
    public("GET", RESET),
    form(RESET, NEW | {"key": "{reset_key}"}, others=302),
    public("GET", CONFIRM),
    form(CONFIRM, {"key": "{confirmation_key}"}, others=200, nobody=200),
    form(CONFIRM + "send/", {}, others=302),
]
OWN_ACCOUNT = [
    page(ACCOUNT, others=200),
    page(ACCOUNT + "details/", others=200),
    form(ACCOUNT + "details/", {"phone_number": "x"}, others=400),
    page(ACCOUNT + "language/", others=200),
    form(ACCOUNT + "language/", {"language": "fr"}, others=400),
    page(ACCOUNT + "address/", others=200),
    form(ACCOUNT + "address/", {"email": "new@example.org"}, others=302, proof=True),
    page(ACCOUNT + "password/", others=200),
    form(ACCOUNT + "password/", NEW | {"current_password": "{password}"}, others=302),
    page(ACCOUNT + "second-factor/", others=200),
    page(ACCOUNT + "app/", others=302),
    form(ACCOUNT + "app/", {}, others=200, proof=True, alice=409),
    page(ACCOUNT + "app/confirm/", others=302),
    form(ACCOUNT + "app/confirm/", {"otp": "123456"}, others=302),
    page(ACCOUNT + "app/remove/", others=302),
    form(ACCOUNT + "app/remove/", {}, others=404, proof=True, alice=302),
    page(ACCOUNT + "codes/", others=302),
    form(ACCOUNT + "codes/", {}, others=409, proof=True, alice=200),
    page(ACCOUNT + "passkeys/", others=302),
    form(ACCOUNT + "passkeys/", {"name": "Phone"}, others=200, proof=True),
    page(ACCOUNT + "passkeys/add/", others=302),
    form(ACCOUNT + "passkeys/add/", {"name": "Phone"}, others=302, proof=True),
    page(ONE_PASSKEY, others=404, alice=200),
    form(ONE_PASSKEY, {"name": "Tablet"}, others=404, alice=302),
    form(ONE_PASSKEY + "remove/", {}, others=404, proof=True, alice=302),
    page(ACCOUNT + "sessions/", others=200),
    form(
        ACCOUNT + "sessions/{session_id}/end/",
        {},
        others=404,
        proof=True,
        alice=302,
    ),
    form(ACCOUNT + "sessions/end-all/", {}, others=302, proof=True),
    page(ACCOUNT + "notices/", others=200),
    form(ACCOUNT + "notices/", {}, others=302, proof=True),
    page(EXPORT, others=404, alice=200, carol=200),
    form(EXPORT, {}, others=404, proof=True, alice=302, carol=302),
    form(EXPORT + "{export_id}/download/", {}, others=404, proof=True, alice=200),
    page(ACCOUNT + "delete/", others=200),
    form(ACCOUNT + "delete/", {}, others=302, proof=True),
    form(ACCOUNT + "delete/cancel/", {}, others=404),
    public("GET", ACCOUNT + "receipts/{erasure_id}/"),
]
