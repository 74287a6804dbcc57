from django.apps import AppConfig


class ThanksConfig(AppConfig):
    name = "firstline.thanks"
    label = "thanks"
    default_auto_field = "django.db.models.BigAutoField"
