from hypothesis import settings

settings.register_profile("shifts", max_examples=1000)
