"""The addresses for signing in, up and out, and those that mailed links open."""

from django.urls import path

from phr.portal.sign_in import link_views, sign_up_views, views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-in/code/", views.SignInCode.as_view(), name="sign_in_code"),
    path("sign-in/passkey/", views.SignInPasskey.as_view(), name="sign_in_passkey"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("session/", views.Stay.as_view(), name="stay"),
    path("sign-up/", sign_up_views.SignUp.as_view(), name="sign_up"),
    path(
        "sign-up/doctor/",
        sign_up_views.SignUpAsDoctor.as_view(),
        name="sign_up_as_doctor",
    ),
    path(
        "forgot-password/", link_views.ForgotPassword.as_view(), name="forgot_password"
    ),
    path(
        "account/reset-password/",
        link_views.ResetPassword.as_view(),
        name="reset_password",
    ),
    path(
        "account/confirm-email/",
        link_views.ConfirmEmail.as_view(),
        name="confirm_email",
    ),
    path(
        "account/confirm-email/send/",
        link_views.SendConfirmation.as_view(),
        name="send_confirmation",
    ),
]
