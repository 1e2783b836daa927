from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "phr.accounts"
    label = "accounts"
