"""Packs: articles that a desk can begin with, and that are kept up to date as long as nobody here edits them."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from importlib import resources

from django.db import transaction

from firstline.events.recording import Actor
from firstline.knowledge.actions.publishing import publish
from firstline.knowledge.actions.writing import create_category, draft_article, touch
from firstline.knowledge.models import SHOWN, Article, Category, Phrasing, SlugRedirect
from firstline.knowledge.rules.starter import StarterArticle, parse_starter

PACKS = ("npm",)


class UnknownPack(ValueError):
    """There is no pack of that name."""


SHELVES = {
    "signing-in": ("key-round", "Tokens, two-factor sign-in, recovery codes"),
    "installing": ("download", "Versions that disagree, permissions, caches"),
    "publishing": ("package", "Your first package, CI, names, unpublishing"),
    "organisations": ("users", "Teams, seats, invoices"),
    "security": ("shield", "Leaked tokens, audits, malware"),
    "safety": ("shield", "Malware, leaked keys, people"),
    "new-here": ("sprout", "From nothing to a published package"),
    "network": ("globe", "Proxies, certificates, time-outs"),
    "building": ("wrench", "Compilers, native modules, toolchains"),
}
"""Icon and description of shelves that the starter set knows, by slug."""


def starter_articles() -> list[StarterArticle]:
    """The files of the starter set in the order of their names. Raises BadStarter naming the file's fault."""
    folder = resources.files("firstline.knowledge") / "starter"
    if not folder.is_dir():
        return []
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".md")), key=lambda file: file.name)
    return [parse_starter(file.read_text(encoding="utf-8")) for file in files]


@dataclass(frozen=True, slots=True)
class Installed:
    """How many articles of a pack are new, were brought up to date, and were left alone since somebody edited them."""

    added: int = 0
    updated: int = 0
    kept: int = 0


@transaction.atomic
def install_pack(name: str, by: Actor) -> Installed:
    """Publish what the desk has not had yet, and bring up to date what nobody here has edited since.

    The whole pack or nothing, since its articles lead to each other; run twice, the second time changes nothing.
    Raises UnknownPack.
    """
    if name not in PACKS:
        raise UnknownPack(name)
    redirected = set(SlugRedirect.objects.values_list("slug", flat=True))
    counts = Counter(_install(name, starter, by) for starter in starter_articles() if starter.slug not in redirected)
    return Installed(counts["added"], counts["updated"], counts["kept"])


def _install(pack: str, starter: StarterArticle, by: Actor) -> str:
    article = Article.objects.select_for_update(of=["self"]).filter(slug=starter.slug).first()
    if article is None:
        _add(pack, starter, by)
        return "added"
    if article.pack != pack or article.pack_digest == _digest(starter.title, starter.body):
        return "same"
    text = article.texts.order_by("id").first()
    if text is None or _digest(text.title, text.body) != article.pack_digest:
        return "kept"
    text.title, text.body = starter.title, starter.body
    text.save(update_fields=["title", "body"])
    known = set(article.phrasings.values_list("text", flat=True))
    Phrasing.objects.bulk_create(Phrasing(article=article, text=one) for one in starter.questions if one not in known)
    article.signatures = list(dict.fromkeys([*article.signatures, *starter.signatures]))
    article.pack_digest = _digest(starter.title, starter.body)
    touch(article, "signatures", "pack_digest")
    if article.status in SHOWN:
        publish(article, by=by)
    return "updated"


def _add(pack: str, starter: StarterArticle, by: Actor) -> None:
    article = draft_article(
        by=by,
        title=starter.title,
        body=starter.body,
        category=_shelf(starter.category),
        signatures=starter.signatures,
    )
    text = article.texts.get()
    article.slug, article.pack, article.pack_digest = starter.slug, pack, _digest(text.title, text.body)
    touch(article, "slug", "pack", "pack_digest")
    Phrasing.objects.bulk_create(Phrasing(article=article, text=question) for question in starter.questions)
    publish(article, by=by)


def _digest(title: str, body: str) -> str:
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()


def _shelf(name: str) -> Category | None:
    if not name:
        return None
    shelf = create_category(name)
    if shelf.slug in SHELVES and not shelf.description:
        shelf.icon, shelf.description = SHELVES[shelf.slug]
        shelf.position = list(SHELVES).index(shelf.slug)
        shelf.save(update_fields=["icon", "description", "position"])
    return shelf
