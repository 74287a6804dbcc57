"""The vocabulary of what happens at the desk. docs/reference/events.md lists the same words (a test compares)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """`<subject>.<past participle>`; the data of an event holds ids, enums and numbers only (ground.md G6)."""

    INBOUND_ACCEPTED = "inbound.accepted", _("Accepted")
    MESSAGE_RECEIVED = "message.received", _("Message received")
    REPLY_QUEUED = "reply.queued", _("Reply queued")
    REPLY_UNDONE = "reply.undone", _("Reply taken back")
    MESSAGE_SENT = "message.sent", _("Message sent")
    MESSAGE_FAILED = "message.failed", _("Message not sent")
    MESSAGE_BOUNCED = "message.bounced", _("Message bounced")
    NOTE_ADDED = "note.added", _("Note added")
    CONVERSATION_CREATED = "conversation.created", _("Conversation created")
    CONVERSATION_REOPENED = "conversation.reopened", _("Conversation reopened")
    CONVERSATION_ASSIGNED = "conversation.assigned", _("Assigned")
    CONVERSATION_STATUS_CHANGED = "conversation.status_changed", _("Status changed")
    CONVERSATION_SNOOZED = "conversation.snoozed", _("Snoozed")
    CONVERSATION_WOKEN = "conversation.woken", _("Woken")
    CONVERSATION_RESOLVED = "conversation.resolved", _("Resolved")
    CONVERSATION_TAGGED = "conversation.tagged", _("Tagged")
    CONVERSATION_UNTAGGED = "conversation.untagged", _("Tag removed")
    CONVERSATION_PRIORITY_CHANGED = "conversation.priority_changed", _("Priority changed")
    CONVERSATION_MERGED = "conversation.merged", _("Merged")
    SECRET_SEALED = "secret.sealed", _("Secret sealed")
    SECRET_REVEALED = "secret.revealed", _("Secret revealed")
    DIAGNOSIS_MADE = "diagnosis.made", _("Diagnosis made")
    SUGGESTION_MADE = "suggestion.made", _("Answer suggested")
    SUGGESTION_INSERTED = "suggestion.inserted", _("Suggestion inserted")
    SUGGESTION_DISMISSED = "suggestion.dismissed", _("Suggestion dismissed")
    ARTICLE_DRAFTED = "article.drafted", _("Article drafted")
    ARTICLE_PUBLISHED = "article.published", _("Article published")
    ARTICLE_CHANGED = "article.changed", _("Article changed")
    ARTICLE_RETIRED = "article.retired", _("Article retired")
    PHRASING_ADDED = "phrasing.added", _("Question added to an article")
    USER_CREATED = "user.created", _("Person added")
    USER_SIGNED_IN_BY_LINK = "user.signed_in_by_link", _("Signed in by link")
    ACCESS_CHANGED = "access.changed", _("Access changed")
    ACCESS_REVOKED = "access.revoked", _("Access revoked")
