from django.apps import AppConfig


class AnswersConfig(AppConfig):
    name = "firstline.answers"
    label = "answers"
    default_auto_field = "django.db.models.BigAutoField"
