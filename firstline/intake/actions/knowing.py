"""What the desk knows of a mail before it decides: read by one statement, since every mail asks all of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from firstline.channels.base import ParsedMessage
from firstline.contacts.models import ContactIdentity
from firstline.core import statements
from firstline.inboxes.models import Inbox

MOST_ANSWERED = 30
ID_LENGTH = 400


class Named(NamedTuple):
    """A message that a mail names by its Message-ID; `text` only where that is the mail's own."""

    message: int
    strand: int
    conversation: int
    inbox: int
    is_same_writer: bool
    takes_part: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """Whether the sender's address is one of the desk's (`from_us`) or of a person of the team (`from_agent`), until
    when the loop guard holds it, when it wrote its `nth` mail before this one, and the messages that the mail names.
    """

    from_us: bool
    from_agent: bool
    held_until: datetime | None
    nth_written: datetime | None
    named: dict[str, Named]

    def same_mail(self, parsed: ParsedMessage) -> Named | None:
        """The message that this very mail became before: same Message-ID, same sender, same words."""
        same = self.named.get(parsed.external_id[:ID_LENGTH])
        is_same = same is not None and same.is_same_writer and same.text == (parsed.reply_text or parsed.text)
        return same if is_same else None

    def answered(self, parsed: ParsedMessage) -> list[Named]:
        """The messages that the mail answers, nearest first."""
        return [self.named[name] for name in _answered(parsed) if name in self.named]


def look(inbox: Inbox, parsed: ParsedMessage, writer: ContactIdentity | None, *, nth: int) -> Known:
    """Read what is known of the sender and of the messages that the mail names; `nth` counts the writer's mails of the
    same kind (automatic ones among themselves), the newest first.
    """
    own = parsed.external_id[:ID_LENGTH]
    rows = statements.run(
        _LOOK,
        {
            "channel": inbox.channel,
            "address": parsed.sender.email.lower() if parsed.sender else "",
            "writer": writer.pk if writer else None,
            "is_automatic": parsed.kind == "auto_reply",
            "skipped": nth - 1,
            "own": own,
            "names": [name for name in (*_answered(parsed), own) if name],
        },
    )
    from_us, from_agent, held_until, nth_written = rows[0][:4]
    named = {row[4]: Named(*row[5:]) for row in rows if row[4] is not None}
    return Known(from_us, from_agent, held_until, nth_written, named)


def _answered(parsed: ParsedMessage) -> list[str]:
    names = list(dict.fromkeys([parsed.in_reply_to, *reversed(parsed.references)]))[:MOST_ANSWERED]
    return [name[:ID_LENGTH] for name in names if name]


_LOOK: Final = """
SELECT EXISTS (SELECT FROM inboxes_inbox
               WHERE channel = %(channel)s AND address = %(address)s AND %(address)s <> ''),
       EXISTS (SELECT FROM accounts_user
               WHERE lower(email) = %(address)s AND is_active AND %(address)s <> ''),
       (SELECT until FROM intake_loophold WHERE identity_id = %(writer)s),
       (SELECT written_at FROM conversations_message
        WHERE author_identity_id = %(writer)s AND (is_automatic OR NOT %(is_automatic)s)
        ORDER BY id DESC OFFSET %(skipped)s LIMIT 1),
       named.*
FROM (SELECT) AS one LEFT JOIN (
  SELECT known.external_id, message.id, message.strand_id, message.conversation_id, strand.inbox_id,
         coalesce(message.author_identity_id = %(writer)s, false),
         EXISTS (SELECT FROM conversations_participant
                 WHERE strand_id = message.strand_id AND identity_id = %(writer)s AND role <> 'mentioned'),
         CASE WHEN known.external_id = %(own)s THEN message.text END
  FROM conversations_externalid AS known
       JOIN conversations_message AS message ON message.id = known.message_id
       JOIN conversations_strand AS strand ON strand.id = message.strand_id
  WHERE known.channel = %(channel)s AND known.external_id = ANY(%(names)s)
) AS named ON true
"""
