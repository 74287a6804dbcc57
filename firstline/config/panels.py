"""Which slices show themselves beside a conversation, by the URL name of their panel (each takes the conversation's
id).
"""

PANELS: dict[str, list[str]] = {
    "timeline": ["moderation:care", "answers:diagnosis", "upstream:notice"],
    "dock": ["answers:suggestion"],
    "sidebar": ["upstream:panel", "sla:panel", "answers:beside", "knowledge:panel"],
}
