"""What other pages show of incidents."""

from typing import Any

from django import template

from firstline.incidents import queries

register = template.Library()


@register.inclusion_tag("incidents/banner.html")
def incident_banner() -> dict[str, Any]:
    """A line for each incident that goes on; nothing in quiet times."""
    return {"incidents": queries.going_on()}
