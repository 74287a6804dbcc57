"""The demo desk "Orbit": three weeks of a small registry's support, told by real mails through the real pipeline."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstline.operations.demo.runner import Summary


def load() -> "Summary":
    """Tell the whole story into an empty desk, all or nothing. Raises NotEmpty, MailWouldLeave."""
    from firstline.operations.demo import runner

    return runner.load()
