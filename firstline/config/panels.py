"""Which slices show themselves beside a conversation, by the URL name of their panel (each takes the conversation's
id), and on the page of an inbox (the inbox's id).
"""

PANELS: dict[str, list[str]] = {
    "timeline": [
        "moderation:care",
        "answers:diagnosis",
        "upstream:notice",
        "handles:notice",
        "conversations:review_panel",
        "shifts:panel",
    ],
    "dock": ["answers:suggestion"],
    "inbox": ["upstream:inbox", "ask:inbox"],
    "sidebar": ["handles:panel", "upstream:panel", "sla:panel", "answers:beside", "knowledge:panel"],
}
