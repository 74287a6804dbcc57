"""Real mail servers for tests: Debian's Dovecot and Postfix, and a small OAuth token server, all on loopback."""

import os

import pytest


def needed(*paths: str) -> None:
    """Skip with a printed reason when a server is missing; in CI it must not be."""
    missing = [path for path in paths if not os.path.exists(path)]  # noqa: PTH110
    if os.geteuid() != 0:
        missing.append("root, whom Debian's mail servers want at their start")
    if not missing:
        return
    reason = f"These tests need {', '.join(missing)}: run `make tools` as root."
    if os.environ.get("CI"):
        pytest.fail(reason)
    print(reason)
    pytest.skip(reason)
