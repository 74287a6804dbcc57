from django.apps import AppConfig


class ShiftsConfig(AppConfig):
    name = "firstline.shifts"
    label = "shifts"
    default_auto_field = "django.db.models.BigAutoField"
