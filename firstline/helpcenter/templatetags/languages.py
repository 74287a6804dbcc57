"""The switch of languages in the foot of public pages."""

from typing import Any

from django import template
from django.utils.translation import get_language, get_language_info

from firstline.helpcenter.rules import INTERFACE_LANGUAGES

register = template.Library()


@register.inclusion_tag("helpcenter/languages.html", takes_context=True)
def language_switch(context: template.Context) -> dict[str, Any]:
    """Links to this same page in every language there is; none in a static export, which has no server behind it."""
    names = [(code, get_language_info(code)["name_local"]) for code in INTERFACE_LANGUAGES]
    return {"request": context["request"], "languages": names, "here": get_language()}
