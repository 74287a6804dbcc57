"""Which slices show themselves beside a conversation, by the URL name of their panel (each takes the conversation's
id), and on the page of an inbox (the inbox's id).

`GATES`: a panel that says something only when a row points at the conversation ("app.Model.lookup"); the page asks for
all gates at once, and not at all for a panel that nothing points at.
"""

PANELS: dict[str, list[str]] = {
    "timeline": [
        "moderation:care",
        "privacy:in_public",
        "translation:panel",
        "incidents:panel",
        "answers:diagnosis",
        "upstream:notice",
        "handles:notice",
        "conversations:review_panel",
        "shifts:panel",
    ],
    "dock": ["answers:suggestion"],
    "inbox": ["upstream:inbox", "ask:inbox"],
    "sidebar": [
        "handles:panel",
        "upstream:panel",
        "escalations:panel",
        "sla:panel",
        "answers:beside",
        "knowledge:panel",
        "thanks:panel",
    ],
}

GATES: dict[str, list[str]] = {
    "thanks:panel": ["thanks.Praise.conversation"],
    "moderation:care": ["moderation.Care.conversation"],
    "privacy:in_public": ["conversations.SealedSecret.conversation"],
    "upstream:notice": ["upstream.Thread.strand__conversation"],
    "upstream:panel": ["upstream.Thread.strand__conversation"],
    "handles:notice": ["handles.Elsewhere.later", "handles.Elsewhere.earlier"],
    "handles:panel": ["handles.Elsewhere.later", "handles.Elsewhere.earlier"],
    "conversations:review_panel": ["conversations.Review.conversation"],
    "shifts:panel": ["shifts.Handover.conversation"],
    "incidents:panel": ["incidents.Attached.conversation"],
    "escalations:panel": ["escalations.HelpRequest.conversation", "escalations.Waiting.conversation"],
}
