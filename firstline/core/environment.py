"""Configuration comes from the environment only; a secret may come from the file that `NAME_FILE` names."""

import os
from pathlib import Path


class BadSetting(ValueError):
    """A setting that cannot be used; the message is a sentence for the operator."""


def text(name: str, default: str = "") -> str:
    """Value of the variable `name`, else the content of the file named by `name_FILE`, else `default`."""
    if name in os.environ:
        return os.environ[name]
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return default
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise BadSetting(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from error


def number(name: str, default: int) -> int:
    """The same as a whole number; raises BadSetting when it is not one."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise BadSetting(f"{name} must be a whole number, not {value!r}.") from error


def prices(name: str) -> tuple[float, float]:
    """Two numbers, `IN OUT`: what a million tokens cost; (0, 0) when unset. Raises BadSetting."""
    value = text(name, "0 0")
    try:
        first, second = (float(word) for word in value.split())
    except ValueError as error:
        raise BadSetting(f"{name} must be two numbers, as 0.15 0.60, not {value!r}.") from error
    return first, second


def home() -> Path:
    """The data folder, absolute."""
    return Path(text("FIRSTLINE_HOME", "var")).resolve()
