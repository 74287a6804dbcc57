import re
from urllib.parse import urlsplit

import pytest

from firstline.evidence import catalogue
from firstline.evidence.catalogue import CatalogueError, Signature
from firstline.evidence.diagnose import diagnose
from firstline.evidence.literals import required_literals

CATALOGUE = catalogue.load()


@pytest.mark.parametrize("signature", CATALOGUE.signatures, ids=lambda one: one.id)
def test_each_sample_is_diagnosed_as_its_own_entry(signature: Signature) -> None:
    for sample in signature.samples:
        result = diagnose(sample, CATALOGUE)
        assert result.signature == signature.id, f"{sample!r} went to {result.signature}, then {result.runners_up}"


def test_every_pattern_compiles_and_its_literals_stand_in_what_it_matches() -> None:
    catalogue.check_patterns(CATALOGUE)
    for signature in CATALOGUE.signatures:
        text = "\n".join(signature.samples)
        for pattern in signature.any:
            plain = catalogue.Pattern(pattern.source)
            with_literals = bool(plain.search(text, text.lower()))
            without = bool(catalogue._compiled(pattern.source).search(text))
            assert with_literals == without, pattern.source


DOCUMENTED_AT = {
    "docs.npmjs.com", "nodejs.org", "github.com", "pnpm.io", "yarnpkg.com", "pip.pypa.io", "packaging.python.org",
    "twine.readthedocs.io", "doc.rust-lang.org", "guides.rubygems.org", "docs.docker.com", "git-scm.com",
}  # fmt: skip


def test_entries_point_to_documentation_and_samples_to_no_real_registry() -> None:
    for signature in CATALOGUE.signatures:
        assert urlsplit(signature.docs).hostname in DOCUMENTED_AT, signature.id
        for host in re.findall(r"https?://([\w.-]+)", "\n".join((signature.cause, *signature.fix, *signature.samples))):
            assert host.endswith((".example", "example.org", "proxy", "github.com", "pip.pypa.io")), (
                signature.id,
                host,
            )


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"\bEOTP\b", ("eotp",)),
        (r"ERR_PNPM_FETCH_(?P<status>\d{3})", ("err_pnpm_fetch_",)),
        (r"cannot (?:be )?republish(?:ed)? over", ("republish",)),
        (r"abc|de", ()),
        (r"colou?r blind", ("r blind",)),
        (r"a+bcd", ("bcd",)),
        (r"[a-z]{3}\d", ()),
        (r"foo\.bar|baz qux", ("foo.bar", "baz qux")),
    ],
)
def test_required_literals(pattern: str, literals: tuple[str, ...]) -> None:
    assert required_literals(pattern) == literals


@pytest.mark.parametrize(
    ("change", "fault"),
    [("owner: user", "owner"), ("case: ABC-01", "case"), ("fix: [do it]", "fix"), ("samples: [xyz]", "sample")],
)
def test_a_wrong_entry_is_refused_with_its_name(change: str, fault: str) -> None:
    lines = [
        "fact_sets: {install: [{ask: the command, fact: command}]}",
        "signatures:",
        "- {id: one, family: f, code: E1, stage: any, specificity: 80, cluster: low, cause: c, ask: install,",
        "   docs: 'https://example.org', any: [xyz], owner: user, case: ABC-01, fix: [do it], samples: [xyz]}",
    ]
    source = "\n".join(lines)
    assert catalogue.parse(source).get("one") is not None
    name = change.partition(":")[0]
    broken = source.replace(change, f"{name}: " + ("[]" if "[" in change else "nonsense"))
    with pytest.raises(CatalogueError, match=f"one.*{fault}"):
        catalogue.parse(broken)
