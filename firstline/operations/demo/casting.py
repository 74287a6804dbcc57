"""Puts the people of the story on the stage: team members, teams, inboxes, organisations, starter articles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from firstline.accounts import actions as accounts
from firstline.accounts.models import Team, User
from firstline.accounts.permissions import Role
from firstline.contacts.actions import EMAIL, identify
from firstline.contacts.models import Contact, Organization
from firstline.core import clock
from firstline.events.recording import MACHINE
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article
from firstline.operations.demo import queue
from firstline.operations.demo.script import Agent, Person, cast
from firstline.search.actions import articles as search

OPENED = timedelta(days=24)
SUPPORT = "support@orbit.example"
BILLING = "billing@orbit.example"


@dataclass(slots=True)
class Stage:
    """Who and what a scene needs; `conversations` holds the id of each scene's conversation once it began, `introduced`
    the addresses of those who have written, `tagged` the scenes whose tags are on.
    """

    now: datetime
    agents: Mapping[str, User]
    inboxes: Mapping[str, Inbox]
    organizations: Mapping[str, Organization]
    conversations: dict[str, int] = field(default_factory=dict)
    introduced: set[str] = field(default_factory=set)
    tagged: set[str] = field(default_factory=set)


def set_up(now: datetime) -> Stage:
    """The desk as it stood before the first mail of the story."""
    with clock.at(now - OPENED):
        teams = {"Support": accounts.default_team(), "Billing": Team.objects.get_or_create(name="Billing")[0]}
        found = {"support": _support_inbox(), "billing": _billing_inbox(teams["Billing"])}
        organizations = {name: Organization.objects.create(name=name, plan=plan) for name, plan in cast().plans.items()}
    agents = {key: _join(agent, teams, now) for key, agent in cast().agents.items()}
    with clock.at(now - OPENED):
        _fill_the_shelves()
    return Stage(now, agents, found, organizations)


def introduce(stage: Stage, person: Person) -> None:
    """What the desk knows of somebody before their first mail: organisation and language."""
    if person.address in stage.introduced:
        return
    stage.introduced.add(person.address)
    identity = identify(channel=EMAIL, address=person.address, name=person.name)
    organization = stage.organizations.get(person.organization)
    Contact.objects.filter(pk=identity.contact_id).update(organization=organization, language=person.language)


def _fill_the_shelves() -> None:
    """The starter articles, indexed once each rather than once for every question in them."""
    knowledge.install_pack("npm", MACHINE)
    queue.forget("search.index")
    for article in Article.objects.order_by("pk").values_list("pk", flat=True):
        search.index_article(article)


def _support_inbox() -> Inbox:
    inbox = inboxes.ensure_default_inbox()
    if inbox.address != SUPPORT:
        inbox.address = SUPPORT
        inbox.save(update_fields=["address"])
    return inbox


def _billing_inbox(team: Team) -> Inbox:
    found = Inbox.objects.filter(name="billing").first()
    return found or inboxes.create_inbox(channel="email", name="billing", address=BILLING, teams=[team])


def _join(agent: Agent, teams: Mapping[str, Team], now: datetime) -> User:
    """Add a person, or give the desk's first admin, made before the story, the part that has the same address."""
    roles = [Role(role) for role in agent.roles]
    own = [teams[name] for name in agent.teams]
    days = timedelta(days=int(agent.joined.removesuffix("d")))
    with clock.at(now - days):
        user = User.objects.filter(email__iexact=agent.address).first()
        if user is None:
            user = accounts.create_user(agent.address, name=agent.name, roles=roles, teams=own)
        else:
            accounts.rename(user, by=MACHINE, name=agent.name)
            accounts.set_access(user, roles=roles, teams=own, by=MACHINE)
        accounts.finish_welcome(user)
    return user
