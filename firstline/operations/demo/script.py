"""The story as it is written down in `story/*.toml`: people, scenes, steps, and when each step happens. Pure."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

_DAY = re.compile(r"(\d+)d (\d\d):(\d\d)")
_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


class BadStory(ValueError):
    """The story's files contradict themselves; the message names the scene."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who writes mail: `client` is the shape of their mails, `auth` what a door would say of their sender."""

    key: str
    name: str
    address: str
    client: str = "gmail"
    organization: str = ""
    language: str = "en"
    auth: str = "pass"


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone of the desk."""

    key: str
    name: str
    address: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    joined: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, the organisations with their plans, and the inboxes beside `support` with their teams."""

    people: Mapping[str, Person]
    agents: Mapping[str, Agent]
    plans: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does in a scene. `options` hold what only some kinds of step need."""

    at: str
    by: str
    do: str
    text: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """One conversation from its first mail on."""

    key: str
    steps: tuple[Step, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """A step with its scene and its moment."""

    moment: datetime
    scene: Scene
    step: Step


@cache
def cast() -> Cast:
    """Who takes part."""
    read = tomllib.loads((_folder() / "people.toml").read_text(encoding="utf-8"))
    return Cast(
        {key: Person(key, **values) for key, values in read["person"].items()},
        {
            key: Agent(key, **{**values, "roles": tuple(values["roles"]), "teams": tuple(values["teams"])})
            for key, values in read["agent"].items()
        },
        read["plans"],
    )


@cache
def scenes() -> tuple[Scene, ...]:
    """Every scene of every file. Raises BadStory."""
    found: list[Scene] = []
    for file in sorted(_folder().iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml") and file.name != "people.toml":
            read = tomllib.loads(file.read_text(encoding="utf-8"))
            found += [_scene(values, read.get("texts", {})) for values in read["scene"]]
    keys = [scene.key for scene in found]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise BadStory(f"Two scenes have the key {', '.join(sorted(twice))}.")
    return tuple(found)


def file(name: str) -> bytes:
    """A file that somebody attaches."""
    return (_folder() / "files" / name).read_bytes()


def cues(now: datetime) -> list[Cue]:
    """All steps in the order in which they happen before `now`. Raises BadStory when one would lie ahead."""
    found: list[Cue] = []
    for scene in scenes():
        moment = now
        for number, step in enumerate(scene.steps):
            earlier, moment = moment, moment_of(step.at, now, moment if number else None)
            if moment >= now or (number and moment < earlier):
                raise BadStory(f"Scene {scene.key}: step {number + 1} ({step.at}) is not in its time.")
            found.append(Cue(moment, scene, step))
    return sorted(found, key=lambda cue: cue.moment)


def moment_of(at: str, now: datetime, before: datetime | None) -> datetime:
    """`3d 09:06` is three days ago at 09:06 UTC, `+20m` after the step before, `2h5m` ago. Raises BadStory."""
    day = _DAY.fullmatch(at)
    if day:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=int(day[1])) + timedelta(hours=int(day[2]), minutes=int(day[3]))
    span = _SPAN.fullmatch(at.removeprefix("+"))
    if span is None or not any(span.groups()) or (at.startswith("+") and before is None):
        raise BadStory(f"Not a time: {at!r}.")
    length = timedelta(days=int(span[1] or 0), hours=int(span[2] or 0), minutes=int(span[3] or 0))
    return before + length if at.startswith("+") and before is not None else now - length


def _scene(values: dict[str, Any], texts: Mapping[str, str]) -> Scene:
    return Scene(
        key=values["key"],
        steps=tuple(_step(values["key"], one, texts) for one in values["step"]),
        tags=tuple(values.get("tags", ())),
    )


def _step(scene: str, values: dict[str, Any], texts: Mapping[str, str]) -> Step:
    rest = dict(values)
    at, by = rest.pop("at"), rest.pop("by")
    everybody = cast()
    if by not in everybody.people and by not in everybody.agents:
        raise BadStory(f"Scene {scene}: nobody is called {by!r}.")
    do = rest.pop("do", "mail" if by in everybody.people else "reply")
    text = texts[rest.pop("say")] if "say" in rest else rest.pop("text", "")
    return Step(at, by, do, text.strip("\n"), rest)


def _folder() -> Traversable:
    return resources.files("firstline.operations.demo") / "story"
