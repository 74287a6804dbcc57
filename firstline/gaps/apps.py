from django.apps import AppConfig


class GapsConfig(AppConfig):
    name = "firstline.gaps"
    label = "gaps"
    default_auto_field = "django.db.models.BigAutoField"
