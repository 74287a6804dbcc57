from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.contacts import rules
from firstline.core import clock


class Organization(models.Model):
    """A company or project whose people write to the desk."""

    name = models.CharField(_("name"), max_length=200)
    plan = models.CharField(_("plan"), max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person outside, known by one or more identities."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, blank=True, related_name="contacts")
    language = models.CharField(max_length=12, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="contact_merged_elsewhere", condition=~Q(merged_into=models.F("id")))
        ]

    def __str__(self) -> str:
        return self.name or f"contact {self.pk}"

    @property
    def standing(self) -> "Contact":
        """Itself, or the contact that it was merged into."""
        return self.merged_into.standing if self.merged_into is not None else self


class ContactIdentity(models.Model):
    """One way in which a contact is known on one channel: an address, a numeric account id. Never a display name."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="identities")
    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=320)
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="identity_once")]

    actor_kind = "contact"

    def __str__(self) -> str:
        return self.address

    @property
    def actor_id(self) -> int | None:
        """The id that events carry."""
        return self.pk

    @property
    def display(self) -> str:
        """The name, or what stands before the @."""
        return self.name or self.address.split("@")[0]

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = self.display.replace(".", " ").replace("-", " ").split()
        if not words:
            return "?"
        return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper()

    def confidence(self, derived: Iterable[str] = ()) -> float:
        """How sure it is that this is its contact's, 0 to 1; `derived` is evidence that is not kept as rows."""
        return rules.confidence([*(one.kind for one in self.evidence.all()), *derived])


class EvidenceKind(models.TextChoices):
    """What speaks for an identity being its contact's (the weights are in `rules`)."""

    CLAIMED = rules.CLAIMED, _("typed into a form")
    PROFILE = rules.PROFILE, _("stated in a profile")
    AGENT = rules.AGENT, _("an agent said so")
    MAIL = rules.MAIL, _("wrote mail that is proved to be theirs")
    MAIL_REPLY = rules.MAIL_REPLY, _("answered a letter that went to it")
    MAIL_LINK = rules.MAIL_LINK, _("followed a link that went to it")
    NETWORK = rules.NETWORK, _("the network vouches for the account")


class Evidence(models.Model):
    """One thing that speaks for an identity. What the channel proves by itself (`mail`, `network`) is not kept."""

    identity = models.ForeignKey(ContactIdentity, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=EvidenceKind.choices)
    detail = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "kind"], name="evidence_once")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.identity_id}"


class Merge(models.Model):
    """Two contacts turned out to be one person: what moved, so that it can be taken back without touching a message.

    `identities` are the ids that the source gave to the target.
    """

    source = models.ForeignKey(Contact, models.CASCADE, related_name="merges_out")
    target = models.ForeignKey(Contact, models.CASCADE, related_name="merges_in")
    identities: "models.JSONField[list[int], list[int]]" = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.source_id} into {self.target_id}"


class NotTheSame(models.Model):
    """Somebody said that two contacts are two people: it is not suggested again. `one` has the smaller id."""

    one = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    other = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="not_the_same_once"),
            models.CheckConstraint(name="not_the_same_ordered", condition=Q(one__lt=models.F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"
