"""Run pure functions over hostile input in a small child process that can be killed (S-18). A thread cannot be.

The child is this module run as a program: it imports neither Django nor anything it was not told of, may use a limited
amount of memory, and talks in length-prefixed pickles over two pipes. It ends when its parent's end of the pipe closes,
and while it works its own alarm ends it, so it never outlives its parent by more than one time limit.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LIMIT_SECONDS = 5.0
MEMORY_BYTES = 1_000_000_000
_START_SECONDS = 60.0
_HEADER = struct.Struct(">Q")
_ROOT = Path(__file__).resolve().parents[2]
_PLAIN = {("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta"), ("datetime", "date")}


class KillableError(Exception):
    """The function gave no answer."""


class TimedOut(KillableError):
    """It took longer than its limit, and its process was killed."""


class Died(KillableError):
    """Its process ended by itself: out of memory, a crash in native code, or killed from outside."""


class Raised(KillableError):
    """It raised; `kind` is the name of the exception's class."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


class Killable:
    """A door to one child process that may run the functions in `allowed` (dotted names), one call at a time.

    Safe to share between threads, and after a fork: the new process starts a child of its own. The child starts with
    the first call, and again after it was killed. A call costs well under a millisecond beside the pickling.
    """

    def __init__(self, *allowed: str, memory: int = MEMORY_BYTES) -> None:
        self._allowed = allowed
        self._memory = memory
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        os.register_at_fork(after_in_child=self._forget)

    def call(self, name: str, *arguments: object, seconds: float = LIMIT_SECONDS, cpu_seconds: float = 0.0) -> Any:
        """Run `name(*arguments)` and return its result, within `seconds` of the clock and, if given, `cpu_seconds` of
        the child's own work, which a busy machine does not use up. Python that works longer is broken off without
        killing the child; a library in native code runs into the other limit.

        Arguments are plain values; results are plain values, dates and the product's own dataclasses. Raises TimedOut,
        Died or Raised, and ValueError for a name that is not allowed.
        """
        if name not in self._allowed:
            raise ValueError(f"{name} is not among the functions that this child may run.")
        with self._lock:
            child = self._running()
            try:
                deadline = time.monotonic() + seconds
                _send(child, pickle.dumps((name, arguments, seconds, cpu_seconds), protocol=5), deadline)
                kind, value = _Reader(io.BytesIO(_receive(child, deadline))).load()
            except BaseException:
                self._kill()
                raise
        if kind == "result":
            return value
        if kind == _TooMuchWork.__name__:
            raise TimedOut("The function took more work than its limit.")
        raise Raised(kind, str(value))

    def stop(self) -> None:
        """End the child, if there is one. The next call starts another."""
        with self._lock:
            self._kill()

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._child.pid if self._child else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._kill()
        self._child = child = subprocess.Popen(
            [sys.executable, "-m", "firstline.core.killable", str(self._memory), *self._allowed],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )
        for pipe in (child.stdin, child.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        _receive(child, time.monotonic() + _START_SECONDS)
        return child

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        _close(child)

    def _forget(self) -> None:
        """In a forked process: let go of the parent's child, without ending it."""
        self._lock = threading.Lock()
        child, self._child = self._child, None
        if child is not None:
            _close(child)
            child.returncode = 0


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _send(child: subprocess.Popen[bytes], message: bytes, deadline: float) -> None:
    assert child.stdin is not None
    number = child.stdin.fileno()
    poll = select.poll()
    poll.register(number, select.POLLOUT)
    left = memoryview(_HEADER.pack(len(message)) + message)
    while left:
        _wait(poll, deadline)
        try:
            left = left[os.write(number, left) :]
        except BlockingIOError:
            continue
        except BrokenPipeError:
            raise Died("The child process is gone.") from None


def _receive(child: subprocess.Popen[bytes], deadline: float) -> bytes:
    assert child.stdout is not None
    number = child.stdout.fileno()
    poll = select.poll()
    poll.register(number, select.POLLIN)
    (length,) = _HEADER.unpack(_read(number, poll, _HEADER.size, deadline))
    return _read(number, poll, length, deadline)


def _read(number: int, poll: select.poll, length: int, deadline: float) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        _wait(poll, deadline)
        try:
            part = os.read(number, min(length - len(parts), 1 << 20))
        except BlockingIOError:
            continue
        if not part:
            raise Died("The child process ended without an answer.")
        parts += part
    return bytes(parts)


def _wait(poll: select.poll, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimedOut("The function took longer than its limit.")


class _Reader(pickle.Unpickler):
    """Reads results only: a child that hostile input has taken over can't make its parent import or call anything."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        found = super().find_class(module, name) if module.startswith("firstline.") else None
        if isinstance(found, type) and hasattr(found, "__dataclass_fields__"):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no plain result.")


class _TooMuchWork(BaseException):
    """Raised in the child, in the midst of whatever it does; no `except Exception` holds it up."""


def _break_off(_number: int, _frame: object) -> None:
    raise _TooMuchWork


def _serve(memory: int, allowed: Sequence[str]) -> None:
    """The child's life: load the functions, say so, then answer until the pipe closes."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, _break_off)
    functions = {
        name: getattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in allowed
    }
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _answer(answers, ("ready", None))
    while header := requests.read(_HEADER.size):
        asked = pickle.loads(requests.read(_HEADER.unpack(header)[0]))  # noqa: S301 (from our parent)
        name, arguments, seconds, cpu_seconds = asked
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
        try:
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            answer = ("result", functions[name](*arguments))
            signal.setitimer(signal.ITIMER_PROF, 0)
        except _TooMuchWork:
            answer = (_TooMuchWork.__name__, "")
        except Exception as error:  # noqa: BLE001 (handed to the parent, which raises it)
            answer = (type(error).__name__, str(error)[:500])
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _answer(answers, answer)


def _answer(pipe: io.BufferedWriter, answer: tuple[str, object]) -> None:
    message = pickle.dumps(answer, protocol=5)
    pipe.write(_HEADER.pack(len(message)))
    pipe.write(message)
    pipe.flush()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2:])
