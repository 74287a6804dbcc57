from django.apps import AppConfig


class HelpcenterConfig(AppConfig):
    name = "firstline.helpcenter"
    label = "helpcenter"
    default_auto_field = "django.db.models.BigAutoField"
