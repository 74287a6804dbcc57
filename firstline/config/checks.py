"""What a draft must pass before it is sent: dotted names of functions (text, audience) -> list of problems (ground.md
G12).
"""

DRAFT_CHECKS: list[str] = [
    "firstline.conversations.rules.secrets_in_draft",
    "firstline.conversations.writing.blanks_in_draft",
]
