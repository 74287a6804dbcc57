"""A desk with two teams: what belongs to Ada's team, and the same things of Rita's, which Ada must not reach."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from firstline.accounts import actions as people
from firstline.accounts.models import Team, User
from firstline.accounts.permissions import Role
from firstline.answers.models import Suggestion, SuggestionState
from firstline.channels.base import Envelope
from firstline.conversations.actions import downloads, drafting, replying
from firstline.conversations.models import Attachment, Conversation, Draft, DraftMode, Message, Reason, SealedSecret
from firstline.core import clock
from firstline.inboxes.actions import create_inbox, keep_mail
from firstline.inboxes.models import Inbox, KeptMail
from firstline.intake.actions import accept
from firstline.intake.models import InboundItem
from firstline.intake.tests.mails import raw_mail
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article, Category, Phrasing, Revision, Visibility
from firstline.ledger.models import Sample, SampledItem
from firstline.moderation.actions import reporting
from firstline.moderation.models import Case
from tests.jobs import run_reactions

TOKEN = "npm_" + "Qm4Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1o"


@dataclass(frozen=True, slots=True)
class Side:
    """Everything with an id that one team has. `outgoing` is a reply still in its undo window, by the team's agent."""

    agent: User
    team: Team
    inbox: Inbox
    conversation: Conversation
    message: Message
    outgoing: Message
    attachment: Attachment
    drafted: Attachment
    secret: SealedSecret
    suggestion: Suggestion
    item: InboundItem
    case: Case
    sampled: SampledItem


@dataclass(frozen=True, slots=True)
class World:
    """The people, both sides, and what the whole desk shares."""

    ada: User
    rita: User
    lena: User
    admin: User
    ours: Side
    theirs: Side
    article: Article
    revision: Revision
    phrasing: Phrasing
    category: Category
    mail: KeptMail
    sessions: dict[str, str]


def build() -> World:
    """Make it, by the product's own doors and verbs."""
    ours, theirs = people.default_team(), Team.objects.create(name="Payments")
    ada = people.create_user("ada@orbit.example", name="Ada Brook", roles=[Role.AGENT], teams=[ours])
    lena = people.create_user("lena@orbit.example", name="Lena Fox", roles=[Role.AGENT, Role.LEAD], teams=[ours])
    rita = people.create_user("rita@orbit.example", name="Rita Gold", roles=[Role.AGENT], teams=[theirs])
    admin = people.create_user("admin@orbit.example", name="Omar Adm", roles=[Role.ADMIN], teams=[ours])
    article = knowledge.draft_article(by=ada, title="Sign in again before you publish", body="Run `npm login`.")
    phrasing = knowledge.add_phrasing(article, "why does publish say 404", by=ada)
    category = knowledge.create_category("Publishing")
    public = Visibility.PUBLIC
    knowledge.save_details(article, by=ada, category=category, visibility=public, signatures=[], slug=article.slug)
    knowledge.publish(article, by=ada)
    run_reactions()
    revision = Revision.objects.get(text__article=article)
    mail = keep_mail("casey@example.org", raw_mail(sender="support@localhost", to="casey@example.org"))
    sides = side(ada, ours, "support"), side(rita, theirs, "payments")
    sessions = {"ada": session(ada), "rita": session(rita), "lena": session(lena), "admin": session(admin)}
    return World(ada, rita, lena, admin, *sides, article, revision, phrasing, category, mail, sessions)


def session(user: User) -> str:
    """The key of a signed-in session."""
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def side(agent: User, team: Team, name: str) -> Side:
    """One team's inbox with one conversation that has everything, and one mail kept aside."""
    inbox = create_inbox(channel="email", name=name, address=f"{name}@localhost", teams=[team])
    envelope = Envelope(rcpt_to=(inbox.address,))
    accept(inbox, asked(inbox), envelope)
    accept(inbox, raw_mail(sender=f"{inbox.address}", to=inbox.address, subject="from ourselves"), envelope)
    run_reactions()
    conversation = Conversation.objects.get(inbox=inbox)
    message = conversation.messages.get()
    outgoing = replying.reply(conversation, by=agent, text="Please sign in again.")
    outgoing.send_at = clock.now() + timedelta(hours=1)
    outgoing.save(update_fields=["send_at"])
    draft = drafting.save_draft(conversation, by=agent, mode=DraftMode.REPLY, text="And one more thing")
    upload = SimpleUploadedFile("steps.txt", b"1. sign in")
    drafted = drafting.attach(draft, by=agent, name=str(upload.name), content_type="text/plain", content=upload.read())
    item = InboundItem.objects.get(inbox=inbox, outcome__startswith="quarantined:")
    return Side(
        agent=agent,
        team=team,
        inbox=inbox,
        conversation=conversation,
        message=message,
        outgoing=outgoing,
        attachment=message.attachments.get(),
        drafted=drafted,
        secret=SealedSecret.objects.get(conversation=conversation),
        suggestion=suggested(message),
        item=item,
        case=reporting.report_by_agent(message, by=agent, reason=Reason.SPAM),
        sampled=sampled(item),
    )


def asked(inbox: Inbox) -> bytes:
    """A question with a file, a token and HTML."""
    return raw_mail(
        sender=f"Casey Moss <casey@{inbox.name}.example>",
        to=inbox.address,
        subject="404 when I publish",
        text=f"npm publish says 404 since this morning.\n//registry.example.org/:_authToken={TOKEN}\n",
        html="<p>npm publish says <b>404</b> since this morning.</p>",
        files={"npm-debug.log": b"0 verbose cli npm publish\n1 error code E404\n"},
    )


def sampled(item: InboundItem) -> SampledItem:
    """The item in a week's sample that somebody has to judge."""
    week = Sample.objects.get_or_create(week=date(2026, 11, 16), defaults={"population": 2})[0]
    return SampledItem.objects.create(sample=week, item=item, outcome=item.outcome)


def suggested(message: Message) -> Suggestion:
    """The machine's suggestion for the message, made one that can be inserted."""
    found, _created = Suggestion.objects.update_or_create(
        message=message,
        defaults={
            "conversation": message.conversation,
            "text": "Sign in again.",
            "engine": "test",
            "state": SuggestionState.PROPOSED,
        },
    )
    return found


def ticket(world: World) -> str:
    """A fresh single-use download token for Ada's file."""
    return downloads.issue_ticket(world.ours.attachment, by=world.ada)


def drafts() -> int:
    """How many drafts there are, for tests that nothing was kept."""
    return Draft.objects.count()


def url_names(conf: str | None = None) -> dict[str, str]:
    """Every named route of a URL table with its pattern."""
    return dict(_walk(get_resolver(conf), ""))


def _walk(resolver: URLResolver, namespace: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            found.append((f"{namespace}:{one.name}" if namespace else str(one.name), str(one.pattern)))
        else:
            found += _walk(one, one.namespace or namespace)
    return found


def value_of(world: Any, path: str) -> Any:
    """`ours.conversation` and the like: an attribute by its dotted path."""
    for name in path.split("."):
        world = getattr(world, name)
    return world
