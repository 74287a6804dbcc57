from django.apps import AppConfig


class SavingsConfig(AppConfig):
    """What articles save."""

    name = "firstline.savings"
    default_auto_field = "django.db.models.BigAutoField"
