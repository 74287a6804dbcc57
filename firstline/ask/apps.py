from django.apps import AppConfig


class AskConfig(AppConfig):
    name = "firstline.ask"
    label = "ask"
    default_auto_field = "django.db.models.BigAutoField"
