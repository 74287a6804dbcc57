from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import Team, User
from firstline.core import clock
from firstline.inboxes import sealed


class InboxQuerySet(models.QuerySet["Inbox"]):
    def visible_to(self, user: User) -> Self:
        """Inboxes granted to one of the person's teams."""
        return self.filter(teams__in=user.team_ids).distinct()


class Inbox(models.Model):
    """An address, repository or handle on one channel. `settings` holds the channel's Settings; secrets in it are
    sealed.
    """

    name = models.SlugField(_("name"), max_length=60, unique=True)
    channel = models.CharField(max_length=20)
    address = models.CharField(_("address"), max_length=320)
    settings = models.JSONField(default=dict, blank=True)
    teams = models.ManyToManyField(Team, related_name="inboxes", blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="inbox_address_once")]

    def __str__(self) -> str:
        return self.name

    def open_settings(self) -> dict[str, str]:
        """The settings in plain, secrets too: for the channel, never for a page. Raises SealBroken."""
        return {**({"address": self.address} if self.address else {}), **sealed.opened(self.settings)}

    def shown_settings(self) -> dict[str, str]:
        """The settings without secrets."""
        return {"address": self.address, **sealed.shown(self.settings)}


class Mailbox(models.Model):
    """How far an inbox's mailbox, or another source that is asked, has been read, by whom at present, and how the
    connection is.

    The place (`uidvalidity`, `uid`; elsewhere `place`, which the channel alone understands) moves only after what lies
    before it was committed. `holder` is the one process that reads, until `held_until`. `begins_at` is the moment from
    which mail is taken; null takes everything.
    """

    inbox = models.OneToOneField(Inbox, models.CASCADE, related_name="mailbox")
    uidvalidity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(default=0)
    place = models.JSONField(default=dict)
    begins_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=80, blank=True)
    held_until = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"mailbox of {self.inbox_id}"


class Spending(models.Model):
    """What an inbox's calls to a network that sells them have cost in one month (of UTC), by kind of call."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="spendings")
    month = models.DateField()
    kind = models.CharField(max_length=30)
    count = models.PositiveIntegerField(default=0)
    dollars = models.DecimalField(max_digits=12, decimal_places=4, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "month", "kind"], name="spending_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.inbox_id} in {self.month:%Y-%m}"


class TakenMail(models.Model):
    """Which mail on the server became which item, so that the server's own list can be compared with the desk's."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="taken_mails")
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    item_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "uidvalidity", "uid"], name="taken_mail_once")]

    def __str__(self) -> str:
        return f"mail {self.uid} of {self.inbox_id}"


class Grant(models.Model):
    """What a mailbox's owner allowed by OAuth: both tokens sealed. A dead one must be given again in the browser."""

    inbox = models.OneToOneField(Inbox, models.CASCADE, related_name="grant")
    ciphertext = models.BinaryField()
    wrapped_key = models.BinaryField()
    expires_at = models.DateTimeField()
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    dead_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"grant for {self.inbox_id}"


class RoundTrip(models.Model):
    """A test mail to the inbox's own address: when it left, when it came back. Only the token's digest is kept. At a
    network it is a question who the desk is there, and `said` the answer.
    """

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="round_trips")
    digest = models.CharField(max_length=64, unique=True)
    left_at = models.DateTimeField(default=clock.now)
    back_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    said = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"test mail of {self.inbox_id}"


class ForwardCode(models.Model):
    """A forwarding provider's question whether the address agrees: its code, for whoever sets it up (S-07)."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="forward_codes")
    code = models.CharField(max_length=60)
    link = models.CharField(max_length=600, blank=True)
    arrived_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"code for {self.inbox_id}"


class Allowance(models.Model):
    """What is left of one limit of a source (`name` in the source's words) for one account of ours, until it begins
    anew. `resting` says that the source asked to be left alone; the unnamed one is where posts queue to be counted.
    """

    account = models.CharField(max_length=200)
    name = models.CharField(max_length=40)
    limit = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    resets_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="allowance_once")]

    def __str__(self) -> str:
        return f"{self.left} of {self.limit} {self.name}"


class Posted(models.Model):
    """Something was posted by an account of ours: how often lately is what sources limit."""

    account = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="posted_lately")]

    def __str__(self) -> str:
        return f"post at {self.at}"


class StoppedAddress(models.Model):
    """An address that was written to without proof that its owner had asked; it may say "this was not me" (S-13)."""

    address = models.CharField(max_length=320, unique=True)
    first_written_at = models.DateTimeField(default=clock.now)
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"address {self.pk}"


class FileLink(models.Model):
    """A file too big for mail, to be fetched by whoever has the link: only the token's digest is kept.

    `attachment_id` is the file's id in conversations, which lies above this slice.
    """

    attachment_id = models.BigIntegerField(db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    fetched = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"link to file {self.attachment_id}"


class KeptMail(models.Model):
    """Outgoing mail of a desk that has no outgoing server: kept, sealed, and shown at /outbox/."""

    created_at = models.DateTimeField(default=clock.now)
    recipient = models.CharField(max_length=320)
    subject = models.TextField(blank=True)
    ciphertext = models.BinaryField()
    wrapped_key = models.BinaryField()

    def __str__(self) -> str:
        return f"mail {self.pk}"
