"""The addresses of sessions, passwords, addresses and second factors, under /api/."""

from django.urls import path

from phr.api.identity import factor_views, passkey_views, password_views, session_views

urlpatterns = [
    path("auth/sessions/", session_views.Sessions.as_view()),
    path("auth/sessions/<uuid:session_id>/", session_views.Session.as_view()),
    path("auth/logout-all/", session_views.LogoutAll.as_view()),
    path("auth/step-up/", session_views.StepUp.as_view()),
    path("auth/password/change/", password_views.ChangePassword.as_view()),
    path("auth/password/forgot/", password_views.ForgotPassword.as_view()),
    path("auth/password/reset/", password_views.ResetPassword.as_view()),
    path("auth/email/confirm/", password_views.ConfirmEmail.as_view()),
    path("auth/email/resend/", password_views.ResendEmail.as_view()),
    path("auth/mfa/", factor_views.Factors.as_view()),
    path("auth/mfa/totp/", factor_views.Totp.as_view()),
    path("auth/mfa/totp/confirm/", factor_views.ConfirmTotp.as_view()),
    path("auth/mfa/recovery-codes/", factor_views.RecoveryCodes.as_view()),
    path("auth/mfa/passkeys/", passkey_views.Passkeys.as_view()),
    path("auth/mfa/passkeys/begin/", passkey_views.BeginPasskey.as_view()),
    path("auth/mfa/passkeys/<uuid:passkey_id>/", passkey_views.Passkey.as_view()),
    path("auth/passkey/", passkey_views.PasskeyLogin.as_view()),
    path("auth/passkey/begin/", passkey_views.BeginPasskeyLogin.as_view()),
]
