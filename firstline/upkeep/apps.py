from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """Articles that are tested like code."""

    name = "firstline.upkeep"
    default_auto_field = "django.db.models.BigAutoField"
