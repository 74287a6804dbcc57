"""How shares are written."""

from django import template

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share as whole percent: .314 as `31 %`."""
    return f"{round(100 * share)} %"
