"""Every write about notifications: told, read, mailed, pushed, answered."""

from firstline.notifications.actions.answering import NotTaken, take_answer
from firstline.notifications.actions.mailing import mail_digests, mail_soon
from firstline.notifications.actions.pushing import deliver, forget, push, push_news, subscribe, targets, try_out
from firstline.notifications.actions.telling import choose, read, read_all, tell

__all__ = [
    "NotTaken",
    "choose",
    "deliver",
    "forget",
    "mail_digests",
    "mail_soon",
    "push",
    "push_news",
    "read",
    "read_all",
    "subscribe",
    "take_answer",
    "targets",
    "tell",
    "try_out",
]
