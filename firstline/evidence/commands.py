"""`firstline diagnose`, `redact`, `eval diagnosis` and `eval secrets`: need neither a database nor Django."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from firstline.core.commands import DONE, WRONG_USE, Commands, print_json, say
from firstline.core.rows import file_option, read_bytes, scored


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add("diagnose", run=_diagnose, configure=_file_and_json, help="Say what is wrong in a pasted log.")
    commands.add("redact", run=_redact, configure=_file, help="Print a text with its secrets masked.")
    commands.add("eval diagnosis", run=_eval_diagnosis, configure=file_option, help="Score diagnoses of a file.")
    commands.add("eval secrets", run=_eval_secrets, configure=file_option, help="Score secret finding of a file.")


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a file, or - for standard input")


def _file_and_json(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _diagnose(options: argparse.Namespace) -> int:
    from firstline.evidence import catalogue, secrets
    from firstline.evidence.diagnose import diagnose

    text = _text(options.file)
    if text is None:
        return WRONG_USE
    masked = secrets.mask(text)
    result = diagnose(masked.text, catalogue.load())
    found = [{"kind": one.kind, "start": one.start, "end": one.end, "mask": one.mask} for one in masked.secrets]
    if options.json:
        runners_up = [{"signature": name, "confidence": confidence} for name, confidence in result.runners_up]
        print_json({**asdict(result), "runners_up": runners_up, "secrets": found})
    else:
        print("\n".join(_told(result.signature, asdict(result), found)))
    return DONE


def _told(signature: str | None, result: dict[str, Any], found: list[dict[str, Any]]) -> Iterator[str]:
    if signature:
        yield f"{signature} ({result['case']}), confidence {result['confidence']:.2f}, problem of: {result['whose']}"
        yield result["cause"]
        yield from (f"  {number}. {step}" for number, step in enumerate(result["fix"], 1))
    else:
        yield "Not one of the known failures."
    yield from (f"{name}: {value}" for name, value in result["facts"].items())
    yield from (f"still needed: {wanted}" for wanted in result["missing"])
    yield from (f"masked: {one['mask']} ({one['kind']})" for one in found)


def _redact(options: argparse.Namespace) -> int:
    from firstline.evidence import secrets

    text = _text(options.file)
    if text is None:
        return WRONG_USE
    masked = secrets.mask(text)
    sys.stdout.write(masked.text)
    sys.stdout.flush()
    say(f"{len(masked.secrets)} masked: {', '.join(sorted({one.kind for one in masked.secrets})) or 'nothing found'}")
    return DONE


def _eval_diagnosis(options: argparse.Namespace) -> int:
    from firstline.evidence import catalogue, evaluation

    return scored(options, lambda rows: evaluation.score_diagnosis(rows, catalogue.load()))


def _eval_secrets(options: argparse.Namespace) -> int:
    from firstline.evidence import evaluation

    return scored(options, evaluation.score_secrets)


def _text(name: str) -> str | None:
    """Text of the file or of standard input, out of gzip or of a zip's logs; None (and a sentence) when unreadable."""
    try:
        data = read_bytes(name)
    except OSError as error:
        say(f"{name} can't be read: {error.strerror or error}")
        return None
    if data.startswith(b"PK\x03\x04"):
        return _logs(name, data)
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _logs(name: str, data: bytes) -> str:
    """The logs within an archive, masked; what can't be read is named on standard error."""
    from firstline.evidence.files import File, from_files

    read = from_files([File(name, "application/zip", data)])
    if read.unread:
        say(f"Not read: {', '.join(read.unread)}")
    return read.text
