"""Words of the pure case catalogue in the reader's language, and the form's fields."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


@register.simple_tag
def words(text: str) -> str:
    """A text that `channels.web.cases` marks for translation."""
    return gettext(text)


@register.simple_tag
def ask_widget(field: BoundField) -> SafeString:
    """The field with the design's class, its help and errors named for screen readers."""
    kind = field.widget_type
    attributes: dict[str, str | bool] = {"class": "input" if kind != "textarea" else "input ask__text"}
    if field.name.endswith("output") or field.name.endswith("place"):
        attributes |= {"class": "input ask__text ask__paste", "spellcheck": "false", "autocapitalize": "off"}
    if kind == "textarea":
        attributes["rows"] = "8" if "ask__paste" in str(attributes["class"]) else "5"
    if field.name == "attached":
        attributes["multiple"] = ""
    if field.name in ("email", "name"):
        attributes["autocomplete"] = field.name
    described = [f"{field.id_for_label}_{what}" for what, is_there in _described(field) if is_there]
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


def _described(field: BoundField) -> tuple[tuple[str, bool], tuple[str, bool]]:
    return ("help", bool(field.help_text)), ("error", bool(field.errors))
