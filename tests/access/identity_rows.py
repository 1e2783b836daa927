"""Who may do what with sessions, passwords and factors: everybody, with their own."""

from tests.access.row import public, row

NEW = {"password": "{new_password}", "password_confirm": "{new_password}"}
CREDENTIAL = {
    "id": "eA",
    "rawId": "eA",
    "type": "public-key",
    "response": {"clientDataJSON": "eA"},
}
ANSWER = {"challenge": "of-nobody", "credential": CREDENTIAL}
MFA = "/api/auth/mfa/"
ONE_PASSKEY = MFA + "passkeys/{passkey_id}/"

IDENTITY = [
    row("GET", "/api/auth/sessions/", others=200),
    row("DELETE", "/api/auth/sessions/{session_id}/", others=404, alice=204),
    row("POST", "/api/auth/logout-all/", others=204),
    row("POST", "/api/auth/step-up/", others=204, body={"password": "{password}"}),
    row(
        "POST",
        "/api/auth/password/change/",
        others=204,
        body=NEW | {"current_password": "{password}"},
    ),
    public(
        "POST", "/api/auth/password/forgot/", 202, body={"email": "alice@example.org"}
    ),
    public("POST", "/api/auth/password/reset/", 204, body=NEW | {"key": "{reset_key}"}),
    public("POST", "/api/auth/email/confirm/", 204, body={"key": "{confirmation_key}"}),
    row("POST", "/api/auth/email/resend/", others=202),
    row("GET", MFA, others=200),
    row("POST", MFA + "totp/", others=200, alice=409),
    row("DELETE", MFA + "totp/", others=404, alice=204),
    row("POST", MFA + "totp/confirm/", others=409, body={"otp": "123456"}),
    row("POST", MFA + "recovery-codes/", others=409, alice=201),
    row("POST", MFA + "passkeys/begin/", others=200),
    row("POST", MFA + "passkeys/", others=403, body=ANSWER | {"name": "Phone"}),
    row("PATCH", ONE_PASSKEY, others=404, alice=200, body={"name": "Tablet"}),
    row("DELETE", ONE_PASSKEY, others=404, alice=204),
    public("POST", "/api/auth/passkey/begin/"),
    public("POST", "/api/auth/passkey/", 403, body=ANSWER),
]
