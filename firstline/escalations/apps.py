from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    """Help from engineers, and what becomes of it."""

    name = "firstline.escalations"
    default_auto_field = "django.db.models.BigAutoField"
