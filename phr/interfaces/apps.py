from django.apps import AppConfig


class InterfacesConfig(AppConfig):
    name = "phr.interfaces"
    label = "interfaces"

    def ready(self) -> None:
        from phr.interfaces.admin_site.boolean_icons import name_boolean_icons

        name_boolean_icons()
