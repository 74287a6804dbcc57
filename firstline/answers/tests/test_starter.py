"""The starter articles: what they promise to readers and to the machine."""

import re
from importlib import resources

import pytest

from firstline.answers import rules
from firstline.evidence import catalogue, secrets
from firstline.knowledge.rules.starter import StarterArticle, parse_starter

FILES = sorted(
    (one for one in (resources.files("firstline.knowledge") / "starter").iterdir() if one.name.endswith(".md")),
    key=lambda one: one.name,
)
ARTICLES = {one.name.removesuffix(".md"): parse_starter(one.read_text(encoding="utf-8")) for one in FILES}
CATALOGUE = catalogue.load()


@pytest.mark.parametrize("name", ARTICLES)
def test_each_article_is_complete(name: str) -> None:
    article = ARTICLES[name]
    assert article.slug == name
    assert 3 <= len(article.questions) <= 6
    assert article.category
    assert all(CATALOGUE.get(signature) for signature in article.signatures)
    assert "\n## Still stuck?\n" in article.body
    assert article.body.count("```") % 2 == 0


@pytest.mark.parametrize("name", ARTICLES)
def test_each_article_can_become_an_answer(name: str) -> None:
    article = ARTICLES[name]
    for question in article.questions:
        blocks = rules.extract(article.body, question)
        assert blocks
        assert not any(block.heading.startswith("Still stuck") for block in blocks)


def test_links_lead_somewhere_and_no_article_holds_a_secret() -> None:
    for article in ARTICLES.values():
        for slug in re.findall(r"\(/help/([\w-]+)/\)", article.body):
            assert slug in ARTICLES, f"{article.slug} links to {slug}"
        assert secrets.find(article.body) == []


def test_nearly_every_signature_has_an_article() -> None:
    named = {signature for article in ARTICLES.values() for signature in article.signatures}
    taught = [one for one in CATALOGUE.signatures if one.id.startswith(("npm-", "yarn-", "pnpm-"))]
    missing = {one.id for one in taught} - named
    assert len(missing) <= len(taught) / 5


def test_no_article_tells_people_to_switch_protection_off() -> None:
    risky = re.compile(r"npm config set strict-ssl|sudo npm|chmod 777|rm -rf /")
    for article in ARTICLES.values():
        assert not risky.search(_commands(article)), article.slug


def _commands(article: StarterArticle) -> str:
    return "\n".join(re.findall(r"```\w*\n(.*?)```", article.body, re.DOTALL))
