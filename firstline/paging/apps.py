from django.apps import AppConfig


class PagingConfig(AppConfig):
    name = "firstline.paging"
    label = "paging"
    default_auto_field = "django.db.models.BigAutoField"
