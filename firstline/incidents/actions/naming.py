"""What the service consists of, and who may call about it."""

from django.db import transaction

from firstline.accounts.models import User
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.incidents.models import Component, Monitor


@transaction.atomic
def keep_component(component: Component, *, by: User) -> Component:
    """Add it, or keep it as it is said to be now."""
    is_new = component.pk is None
    component.save()
    record(Kind.STATUS_PAGE_CHANGED, by=by, subject_id=component.pk)
    record_audit(Kind.STATUS_PAGE_CHANGED, by=by, after={"component": component.pk, "is_new": is_new})
    return component


@transaction.atomic
def drop_component(component: Component, *, by: User) -> None:
    """Take it off the page, with what was measured of it."""
    record(Kind.STATUS_PAGE_CHANGED, by=by, subject_id=component.pk)
    record_audit(Kind.STATUS_PAGE_CHANGED, by=by, before={"component": component.pk})
    component.delete()


@transaction.atomic
def drop_monitor(monitor: Monitor, *, by: User) -> None:
    """It may not call any more; what it saw goes with it."""
    record_audit(Kind.STATUS_PAGE_CHANGED, by=by, before={"monitor": monitor.pk})
    monitor.delete()
