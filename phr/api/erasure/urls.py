"""The addresses of closing an account, under /api/."""

from django.urls import path

from phr.api.erasure import views

urlpatterns = [
    path("account/delete/", views.DeleteAccount.as_view()),
    path("account/delete/cancel/", views.KeepAccount.as_view()),
    path("account/receipts/<uuid:erasure_id>/", views.Receipt.as_view()),
]
