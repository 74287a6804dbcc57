"""When a rule may run: the guard against rules that set each other going."""

from collections.abc import Sequence

LONGEST_CHAIN = 5
"""How many rules may follow from one another; a sixth waits for a person."""


def may_run(rule: int, chain: Sequence[int]) -> bool:
    """Whether `rule` may run on what the rules of `chain`, oldest first, have caused.

    >>> may_run(3, [1, 2]), may_run(1, [1, 2]), may_run(6, [1, 2, 3, 4, 5])
    (True, False, False)
    """
    return rule not in chain and len(chain) < LONGEST_CHAIN
