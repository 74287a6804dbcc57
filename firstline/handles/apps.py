from django.apps import AppConfig


class HandlesConfig(AppConfig):
    name = "firstline.handles"
    label = "handles"
    default_auto_field = "django.db.models.BigAutoField"
