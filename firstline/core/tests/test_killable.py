"""The killable child: answers, limits, and what is left after a kill, a crash, a fork and a parent's death."""

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstline.core import killable

SLEEP, LENGTH, ALLOCATE, CRASH = "time.sleep", "builtins.len", "builtins.bytearray", "os.abort"
WORK = "builtins.pow"
CLEAN = "firstline.core.html.clean"


@pytest.fixture
def child() -> Iterator[killable.Killable]:
    child = killable.Killable(SLEEP, LENGTH, ALLOCATE, CRASH, WORK, CLEAN, "os.fspath", memory=600_000_000)
    yield child
    child.stop()


def test_answers_with_plain_values_and_our_dataclasses(child: killable.Killable) -> None:
    assert child.call(LENGTH, b"x" * 3_000_000) == 3_000_000
    cleaned = child.call(CLEAN, "<b>x</b><script>y</script>")
    assert cleaned.html == "<b>x</b>"


def test_too_slow_is_killed_and_the_next_call_works(child: killable.Killable) -> None:
    child.call(LENGTH, "")
    before = child.pid
    started = time.monotonic()
    with pytest.raises(killable.TimedOut):
        child.call(SLEEP, 30, seconds=0.3)
    assert time.monotonic() - started < 5
    assert child.call(LENGTH, "abc") == 3
    assert child.pid != before


def test_too_much_work_is_broken_off_and_waiting_is_no_work(child: killable.Killable) -> None:
    assert child.call(SLEEP, 0.4, cpu_seconds=0.2) is None
    before = child.pid
    with pytest.raises(killable.TimedOut):
        child.call(CLEAN, "<b><i>" * 160_000, seconds=60, cpu_seconds=0.1)
    assert child.call(LENGTH, "abc", cpu_seconds=0.1) == 3
    assert child.pid == before
    with pytest.raises(killable.TimedOut):  # native code does not hear of it, but of the clock
        child.call(WORK, 3, 200_000_000, seconds=0.5, cpu_seconds=0.1)
    assert child.call(LENGTH, "abcd") == 4


def test_memory_is_capped(child: killable.Killable) -> None:
    with pytest.raises(killable.KillableError):
        child.call(ALLOCATE, 2_000_000_000)
    assert child.call(LENGTH, "ab") == 2


def test_a_crash_is_told(child: killable.Killable) -> None:
    with pytest.raises(killable.Died):
        child.call(CRASH)
    assert child.call(LENGTH, "ab") == 2


def test_killed_from_outside_between_calls(child: killable.Killable) -> None:
    child.call(LENGTH, "")
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    time.sleep(0.05)
    assert child.call(LENGTH, "ab") == 2


def test_an_exception_comes_back_by_name(child: killable.Killable) -> None:
    with pytest.raises(killable.Raised, match="TypeError") as caught:
        child.call("os.fspath", 3)
    assert caught.value.kind == "TypeError"


def test_only_named_functions(child: killable.Killable) -> None:
    with pytest.raises(ValueError, match="not among"):
        child.call("os.system", "true")


def test_the_parent_reads_nothing_but_plain_results() -> None:
    import io
    import pickle

    with pytest.raises(pickle.UnpicklingError):
        killable._Reader(io.BytesIO(pickle.dumps(os.system))).load()
    with pytest.raises(pickle.UnpicklingError):
        killable._Reader(io.BytesIO(pickle.dumps(killable._serve))).load()


def test_threads_share_one_child(child: killable.Killable) -> None:
    found: list[int] = []

    def ask(size: int) -> None:
        found.extend(child.call(LENGTH, "x" * size) for _ in range(10))

    threads = [threading.Thread(target=ask, args=(size,)) for size in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted([1, 2, 3, 4, 5] * 10)


def test_overhead_of_a_call_is_small(child: killable.Killable) -> None:
    child.call(LENGTH, "")
    times = []
    for _ in range(200):
        started = time.perf_counter()
        child.call(LENGTH, "x")
        times.append(time.perf_counter() - started)
    assert statistics.median(times) < 0.02


def test_after_a_fork_each_process_has_its_own(child: killable.Killable) -> None:
    script = (
        "import os, sys\n"
        "from firstline.core.killable import Killable\n"
        "k = Killable('builtins.len'); k.call('builtins.len', 'a'); mine = k.pid\n"
        "if os.fork() == 0:\n"
        "    ok = k.call('builtins.len', 'ab') == 2 and k.pid != mine; k.stop(); os._exit(0 if ok else 1)\n"
        "status = os.wait()[1]\n"
        "print(status, k.call('builtins.len', 'abc'), k.pid == mine)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=killable._ROOT
    )
    assert done.stdout.split() == ["0", "3", "True"]


def test_dies_with_its_parent() -> None:
    script = (
        "import os\n"
        "from firstline.core.killable import Killable\n"
        "k = Killable('builtins.len'); k.call('builtins.len', 'a'); print(k.pid, flush=True); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=killable._ROOT
    )
    number = done.stdout.strip()
    for _ in range(100):
        state = Path(f"/proc/{number}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("The child outlived its parent.")
    assert number.isdigit()
