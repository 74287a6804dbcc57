"""Looking at the service from outside: every component that has an address, every ten seconds."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import transaction

from firstline.core import clock, egress
from firstline.incidents.models import Component, Run, RunState
from firstline.incidents.rules import Probe, Stretch, stretches

SECONDS = 5.0
BYTES = 256 * 1024
AT_ONCE = 8


def probe_all() -> bool:
    """Ask every component's address at once and keep what was found; whether any state is another than before."""
    found = list(Component.objects.exclude(address=""))
    if not found:
        return False
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        results = list(pool.map(look, found))
    changed = [keep(component, [probe]) for component, probe in zip(found, results, strict=True)]
    return any(changed)


def look(component: Component) -> Probe:
    """One probe: up when the answer is below 400 in time, slow when it took longer than the component may, else down.

    Redirects are not followed: an address that moves is answered.
    """
    at, began = clock.now(), time.monotonic()
    try:
        answer = egress.fetch(
            component.address, allow_http=True, seconds=SECONDS, limit=BYTES, from_settings=True, follow=False
        )
    except egress.EgressRefused:
        return Probe(at, RunState.DOWN)
    took_ms = (time.monotonic() - began) * 1000
    if answer.status >= 400:
        return Probe(at, RunState.DOWN)
    return Probe(at, RunState.SLOW if took_ms > component.slow_after_ms else RunState.UP)


@transaction.atomic
def keep(component: Component, probes: Iterable[Probe]) -> bool:
    """Add probes, in the order of their times, to the component's runs; whether its state is another than before."""
    Component.objects.select_for_update().get(pk=component.pk)
    last = Run.objects.filter(component=component).order_by("-last_at", "-pk").first()
    before = Stretch(last.state, last.began_at, last.last_at, last.until, last.probes) if last else None
    found = stretches(before, probes)
    if last is not None:
        grown = found.pop(0)
        Run.objects.filter(pk=last.pk).update(last_at=grown.last_at, until=grown.until, probes=grown.probes)
    Run.objects.bulk_create(
        Run(
            component=component,
            state=one.state,
            began_at=one.began_at,
            last_at=one.last_at,
            until=one.until,
            probes=one.probes,
        )
        for one in found
    )
    return any(one.state != (last.state if last else RunState.UP) for one in found)
