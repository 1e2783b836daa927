"""The addresses under /api/."""

from django.urls import path, re_path

from phr.api.accounts import views as accounts
from phr.api.archive import views as archive
from phr.api.audit import ledger_check_views as ledger
from phr.api.audit import views as audit
from phr.api.care import views as care
from phr.api.emergency import views as emergency
from phr.api.erasure import views as erasure
from phr.api.grants import preview_views as preview
from phr.api.grants import views as grants
from phr.api.health_records import comment_views as comments
from phr.api.health_records import history_views as history
from phr.api.health_records import views as records
from phr.api.identity import factor_views as factors
from phr.api.identity import passkey_views as passkeys
from phr.api.identity import password_views as passwords
from phr.api.identity import session_views as sessions
from phr.api.notifications import preference_views as preferences
from phr.api.notifications import views as notifications
from phr.api.pages.schema import SchemaDocument
from phr.api.verification import views as verification
from phr.api.views import UnknownPath

urlpatterns = [
    # The ones that are asked for all day come first: addresses are tried in turn.
    path("health-records/", records.Records.as_view()),
    path("health-records/my-patients/", records.MyPatients.as_view()),
    path("health-records/<uuid:record_id>/", records.Record.as_view(), name="record"),
    path("notifications/", notifications.Notifications.as_view()),
    path("auth/doctors/", care.Doctors.as_view()),
    path("auth/register/", accounts.Register.as_view()),
    path("auth/login/", accounts.Login.as_view()),
    path("auth/token/refresh/", accounts.Refresh.as_view()),
    path("auth/logout/", accounts.Logout.as_view()),
    path("auth/profile/", accounts.Profile.as_view()),
    path("auth/sessions/", sessions.Sessions.as_view()),
    path("auth/sessions/<uuid:session_id>/", sessions.Session.as_view()),
    path("auth/logout-all/", sessions.LogoutAll.as_view()),
    path("auth/step-up/", sessions.StepUp.as_view()),
    path("auth/password/change/", passwords.ChangePassword.as_view()),
    path("auth/password/forgot/", passwords.ForgotPassword.as_view()),
    path("auth/password/reset/", passwords.ResetPassword.as_view()),
    path("auth/email/confirm/", passwords.ConfirmEmail.as_view()),
    path("auth/email/resend/", passwords.ResendEmail.as_view()),
    path("auth/mfa/", factors.Factors.as_view()),
    path("auth/mfa/totp/", factors.Totp.as_view()),
    path("auth/mfa/totp/confirm/", factors.ConfirmTotp.as_view()),
    path("auth/mfa/recovery-codes/", factors.RecoveryCodes.as_view()),
    path("auth/mfa/passkeys/", passkeys.Passkeys.as_view()),
    path("auth/mfa/passkeys/begin/", passkeys.BeginPasskey.as_view()),
    path("auth/mfa/passkeys/<uuid:passkey_id>/", passkeys.Passkey.as_view()),
    path("auth/passkey/", passkeys.PasskeyLogin.as_view()),
    path("auth/passkey/begin/", passkeys.BeginPasskeyLogin.as_view()),
    path("auth/assign-doctor/", care.AssignDoctor.as_view()),
    path("account/export/", archive.Exports.as_view()),
    path("account/export/schema/", archive.ArchiveSchema.as_view()),
    path("account/export/<uuid:export_id>/", archive.OneExport.as_view()),
    path("account/export/<uuid:export_id>/download/", archive.ExportDownload.as_view()),
    path("account/delete/", erasure.DeleteAccount.as_view()),
    path("account/delete/cancel/", erasure.KeepAccount.as_view()),
    path("account/receipts/<uuid:erasure_id>/", erasure.Receipt.as_view()),
    path("care/emergency/", emergency.Emergency.as_view()),
    path("care/verification/", verification.Verification.as_view()),
    path("care/grants/", grants.Grants.as_view()),
    path("care/grants/preview/", preview.TermsPreview.as_view()),
    path("care/grants/<uuid:grant_id>/", grants.Grant.as_view()),
    path("care/grants/<uuid:grant_id>/accept/", grants.AcceptGrant.as_view()),
    path("care/grants/<uuid:grant_id>/decline/", grants.DeclineGrant.as_view()),
    path("care/grants/<uuid:grant_id>/end/", grants.EndGrant.as_view()),
    path("care/grants/<uuid:grant_id>/preview/", preview.GrantPreview.as_view()),
    path("care/explain/", preview.Explain.as_view()),
    path("health-records/<uuid:record_id>/history/", history.History.as_view()),
    path("health-records/<uuid:record_id>/restore/", history.Restore.as_view()),
    path("health-records/<uuid:record_id>/comments/", comments.Comments.as_view()),
    path(
        "health-records/<uuid:record_id>/comments/<uuid:comment_id>/",
        comments.Comment.as_view(),
    ),
    path("access-log/", audit.AccessLog.as_view()),
    path("access-log/csv/", audit.AccessLogDownload.as_view()),
    path("access-log/verify/", ledger.VerifyLedger.as_view()),
    path("staff/verifications/", verification.Verifications.as_view()),
    path(
        "staff/doctors/<uuid:doctor_id>/verify/",
        verification.DecideOnDoctor.as_view(),
    ),
    path("notifications/preferences/", preferences.Preferences.as_view()),
    path("notifications/mark-all-read/", notifications.ReadAllNotifications.as_view()),
    path(
        "notifications/<uuid:notification_id>/read/",
        notifications.ReadNotification.as_view(),
    ),
    path("schema/", SchemaDocument.as_view(), name="schema"),
    re_path(r"", UnknownPath.as_view()),
]
