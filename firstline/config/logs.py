"""Logs carry ids and causes, never secrets or message text (S-38)."""

import logging

from firstline.evidence import secrets


class RedactFilter(logging.Filter):
    """Mask whatever looks like a credential before a line is written, in its arguments and traceback too."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's message by its masked form; always lets the record pass."""
        message = record.getMessage()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = secrets.mask(record.exc_text).text
        record.msg, record.args = secrets.mask(message).text, None
        return True
