"""What the service consists of, and who may call about it."""

from django.db import transaction

from firstline.accounts.models import User
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.incidents.models import Component, Monitor


@transaction.atomic
def keep_component(component: Component, *, by: User) -> Component:
    """Add it, or keep it as it is said to be now."""
    component.save()
    record(Kind.STATUS_PAGE_CHANGED, by=by, subject_id=component.pk)
    return component


@transaction.atomic
def drop_component(component: Component, *, by: User) -> None:
    """Take it off the page, with what was measured of it."""
    record(Kind.STATUS_PAGE_CHANGED, by=by, subject_id=component.pk)
    component.delete()


def drop_monitor(monitor: Monitor) -> None:
    """It may not call any more; what it saw goes with it."""
    monitor.delete()
