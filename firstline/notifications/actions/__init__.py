"""Every write about notifications: told, read, mailed, answered."""

from firstline.notifications.actions.answering import NotTaken, take_answer
from firstline.notifications.actions.mailing import mail_digests, mail_soon
from firstline.notifications.actions.telling import choose, read, read_all, tell

__all__ = ["NotTaken", "choose", "mail_digests", "mail_soon", "read", "read_all", "take_answer", "tell"]
