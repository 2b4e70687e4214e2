from django.apps import AppConfig


class Project(AppConfig):
    name = "fumikura.project"

    def ready(self) -> None:
        from fumikura.project import checks  # noqa: F401  # registers them
        from fumikura.project.threads import keep_by_thread

        keep_by_thread()
