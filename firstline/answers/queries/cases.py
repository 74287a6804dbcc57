"""Of which case type a conversation is: what people decided, else what the machine is sure of."""

from firstline.answers.models import Sorting, SortingKind


def case_of(conversation_id: int) -> tuple[str, int | None]:
    """The case type ("" for none) and who decided it, None for the machine; conversations asks by CASE_OF."""
    found = Sorting.objects.filter(conversation=conversation_id, kind=SortingKind.CASE).first()
    if found is None:
        return "", None
    return (found.decided, found.decided_by_id) if found.decided else (found.value, None)
