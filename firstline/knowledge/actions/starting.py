"""The starter set: articles that a fresh desk can begin with."""

from importlib import resources

from django.db import transaction

from firstline.events.recording import Actor
from firstline.knowledge.actions.publishing import publish
from firstline.knowledge.actions.writing import create_category, draft_article, touch
from firstline.knowledge.models import Article, Category, Phrasing, SlugRedirect
from firstline.knowledge.rules.starter import StarterArticle, parse_starter

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


@transaction.atomic
def load_starter(by: Actor) -> int:
    """Publish the starter articles that the desk has not had yet; returns how many. Known ones are left alone."""
    taken = {*Article.objects.values_list("slug", flat=True), *SlugRedirect.objects.values_list("slug", flat=True)}
    fresh = [starter for starter in starter_articles() if starter.slug not in taken]
    for starter in fresh:
        _add(starter, by)
    return len(fresh)


def _add(starter: StarterArticle, by: Actor) -> None:
    article = draft_article(
        by=by,
        title=starter.title,
        body=starter.body,
        category=_shelf(starter.category),
        signatures=starter.signatures,
    )
    article.slug = starter.slug
    touch(article, "slug")
    Phrasing.objects.bulk_create(Phrasing(article=article, text=question) for question in starter.questions)
    publish(article, by=by)


def _shelf(name: str) -> Category | None:
    if not name:
        return None
    shelf = create_category(name)
    if shelf.slug in SHELVES and not shelf.description:
        shelf.icon, shelf.description = SHELVES[shelf.slug]
        shelf.position = list(SHELVES).index(shelf.slug)
        shelf.save(update_fields=["icon", "description", "position"])
    return shelf
