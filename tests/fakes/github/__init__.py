"""A small GitHub with a memory, on loopback: two-way tests talk to it as they would to the real one.

People act by the verbs of `World` (`opens`, `says`, `closes`, …); the desk acts by REST and GraphQL. Either way the
state changes and a delivery is written down, which `FakeGitHub.deliver` hands to the desk. `running()` starts one.
"""

from tests.fakes.github.server import FakeGitHub, running

__all__ = ["FakeGitHub", "running"]
