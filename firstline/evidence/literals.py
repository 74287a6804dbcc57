"""Which plain strings a regular expression can't match without: a cheap test before the dear one."""

import re

SHORTEST = 3  # shorter literals are in every text
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEAT = re.compile(r"\{\d*,?\d*\}")
_CONSUMING_ESCAPES = "dDwWsSbBAZ0123456789"


def required_literals(pattern: str) -> tuple[str, ...]:
    """Lower-case strings of which every match holds at least one; empty when the pattern allows no such claim.

    Conservative by design: groups, classes and optional parts end a run of literal characters and count for nothing.
    """
    longest: list[str] = []
    for alternative in _alternatives(pattern):
        runs = _runs(alternative)
        best = max(runs, key=len, default="")
        if len(best) < SHORTEST:
            return ()
        longest.append(best.lower())
    return tuple(longest)


def _alternatives(pattern: str) -> list[str]:
    parts: list[str] = []
    depth, start, position = 0, 0, 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[":
            position = class_end(pattern, position) - 1
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            parts.append(pattern[start:position])
            start = position + 1
        position += 1
    return [*parts, pattern[start:]]


def class_end(pattern: str, position: int) -> int:
    """Position after the character class that starts here."""
    match = _CLASS.match(pattern, position)
    return match.end() if match else len(pattern)


def group_end(pattern: str, position: int) -> int:
    """Position after the group that starts here; the end of the pattern when it is never closed."""
    depth = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[":
            position = class_end(pattern, position) - 1
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return position + 1
        position += 1
    return len(pattern)


def _runs(alternative: str) -> list[str]:
    """Runs of characters that stand in every match of an alternative, in order."""
    runs: list[str] = []
    run, position = "", 0
    while position < len(alternative):
        character, end, literal = alternative[position], position + 1, ""
        if character == "\\":
            end = position + 2
            literal = "" if alternative[position + 1] in _CONSUMING_ESCAPES else alternative[position + 1]
        elif character == "[":
            end = class_end(alternative, position)
        elif character == "(":
            end = group_end(alternative, position)
        elif character not in ".^$":
            literal = character
        after = _REPEAT.match(alternative, end)
        repeats = alternative[end : end + 1] in ("?", "*", "+", "{") and bool(alternative[end : end + 1])
        if repeats:
            if alternative[end] == "+" and literal:
                run += literal
            runs, run = [*runs, run], ""
            end = after.end() if after else end + 1
            end += alternative[end : end + 1] in ("?", "+")
        elif literal:
            run += literal
        elif not (character == "\\" and alternative[position + 1] in "bBAZ") and character not in "^$":
            runs, run = [*runs, run], ""
        position = end
    return [*runs, run]
