"""The addresses of one's own account."""

from django.urls import path

from phr.portal.account import (
    erasure_views,
    export_views,
    factor_views,
    language_views,
    notice_views,
    passkey_views,
    session_views,
    views,
)

urlpatterns = [
    path("", views.Account.as_view(), name="account"),
    path("details/", views.Details.as_view(), name="details"),
    path("language/", language_views.LanguageAndTime.as_view(), name="language"),
    path("address/", views.Address.as_view(), name="address"),
    path("password/", views.Password.as_view(), name="password"),
    path("second-factor/", factor_views.SecondFactor.as_view(), name="second_factor"),
    path("app/", factor_views.BeginApp.as_view(), name="begin_app"),
    path("app/confirm/", factor_views.ConfirmApp.as_view(), name="confirm_app"),
    path("app/remove/", factor_views.RemoveApp.as_view(), name="remove_app"),
    path("codes/", factor_views.NewCodes.as_view(), name="new_codes"),
    path("passkeys/", passkey_views.BeginPasskey.as_view(), name="begin_passkey"),
    path("passkeys/add/", passkey_views.AddPasskey.as_view(), name="add_passkey"),
    path(
        "passkeys/<uuid:passkey_id>/", passkey_views.Passkey.as_view(), name="passkey"
    ),
    path(
        "passkeys/<uuid:passkey_id>/remove/",
        passkey_views.RemovePasskey.as_view(),
        name="remove_passkey",
    ),
    path("sessions/", session_views.Sessions.as_view(), name="sessions"),
    path(
        "sessions/<uuid:session_id>/end/",
        session_views.EndSession.as_view(),
        name="end_session",
    ),
    path("sessions/end-all/", session_views.EndAll.as_view(), name="end_all_sessions"),
    path("notices/", notice_views.Notices.as_view(), name="notices"),
    path("export/", export_views.Exports.as_view(), name="exports"),
    path(
        "export/<uuid:export_id>/download/",
        export_views.Download.as_view(),
        name="download_export",
    ),
    path("delete/", erasure_views.Delete.as_view(), name="delete_account"),
    path("delete/cancel/", erasure_views.Keep.as_view(), name="keep_account"),
    path(
        "receipts/<uuid:erasure_id>/", erasure_views.Receipt.as_view(), name="receipt"
    ),
]
