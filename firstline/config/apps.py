from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "firstline.config"
    label = "config"
