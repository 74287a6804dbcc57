"""Credentials that betray themselves by their own prefix: one row per kind, matched at the prefix only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from firstline.core import environment

# A token starts where no token character stands before it, or after the escape of a newline or tab in quoted JSON, or
# after a colour of a terminal.
START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=\[[0-9]m)|(?<=[\[;][0-9]{2}m))"


@dataclass(frozen=True, slots=True)
class Known:
    """A credential kind: literal prefixes, the pattern of what follows, and its exact length when it is fixed."""

    kind: str
    prefixes: tuple[str, ...]
    body: str
    exact: int = 0  # length of the body when all tokens of the kind have it; lets a wrapped token be joined safely
    mixed: bool = False  # body must hold a digit and letters, else it is a word


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate: span in code points of the text, its kind and the prefix that may stay readable."""

    kind: str
    start: int
    end: int
    prefix: str = ""


KNOWN: tuple[Known, ...] = (
    Known("npm_token", ("npm_",), r"[A-Za-z0-9]{30,}", exact=36),
    Known("github_token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"[A-Za-z0-9_.-]{34,}[A-Za-z0-9_]", exact=36),
    Known("github_token", ("github_pat_",), r"[A-Za-z0-9_]{40,}", exact=82),
    Known("gitlab_token", ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "gloas-", "glsoat-"), r"[\w.-]{18,}[\w-]"),
    Known("aws_key_id", ("AKIA", "ASIA", "ABIA", "ACCA"), r"[A-Z0-9]{16}(?![A-Za-z0-9+/=_-])"),
    Known("pypi_token", ("pypi-",), r"[\w-]{40,}", mixed=True),
    Known("rubygems_key", ("rubygems_",), r"[a-f0-9]{48}"),
    Known("crates_token", ("cio",), r"[A-Za-z0-9]{32}(?![A-Za-z0-9])", mixed=True),
    Known("nuget_key", ("oy2",), r"[a-z0-9]{43}(?![A-Za-z0-9])", mixed=True),
    Known("docker_token", ("dckr_pat_", "dckr_oat_"), r"[\w-]{20,}"),
    Known("huggingface_token", ("hf_",), r"[A-Za-z0-9]{30,}"),
    Known("artifactory_token", ("AKCp", "cmVmdGtu"), r"[A-Za-z0-9]{50,80}(?![A-Za-z0-9+/=])", mixed=True),
    Known("slack_token", ("xoxa-", "xoxb-", "xoxp-", "xoxo-", "xoxr-", "xoxe-", "xoxs-", "xapp-"), r"[\w-]{10,}"),
    Known("slack_webhook", ("hooks.slack.com/services/",), r"T\w{6,}/B\w{6,}/\w{16,}"),
    Known("discord_webhook", ("discord.com/api/webhooks/", "discordapp.com/api/webhooks/"), r"\d{15,}/[\w-]{50,}"),
    Known("stripe_key", ("sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"), r"[A-Za-z0-9+/=]{10,}"),
    Known("anthropic_key", ("sk-ant-",), r"[\w-]{20,}"),
    Known("openai_key", ("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-"), r"[\w-]{20,}", mixed=True),
    Known("google_key", ("AIza",), r"[\w-]{35}(?![\w-])"),
    Known("google_token", ("ya29.", "GOCSPX-"), r"[\w-]{20,}"),
    Known("vercel_token", ("vcp_", "vci_", "vca_", "vcr_", "vck_", "vercel_"), r"[A-Za-z0-9]{20,}", mixed=True),
    Known("netlify_token", ("nfp_", "nfo_", "nfb_", "nfc_", "nfu_"), r"[A-Za-z0-9]{30,}"),
    Known("sendgrid_key", ("SG.",), r"[\w-]{16,}\.[\w-]{16,}"),
    Known("shopify_token", ("shpat_", "shpca_", "shppa_", "shpss_"), r"[a-fA-F0-9]{32}"),
    Known("digitalocean_token", ("dop_v1_", "doo_v1_", "dor_v1_"), r"[a-f0-9]{64}"),
    Known("atlassian_token", ("ATATT3", "ATCTT3"), r"[\w=-]{20,}"),
    Known("databricks_token", ("dapi",), r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    Known("sentry_token", ("sntrys_", "sntryu_"), r"[A-Za-z0-9+/=_-]{30,}"),
    Known("linear_key", ("lin_api_",), r"[A-Za-z0-9]{30,}"),
    Known("postman_key", ("PMAK-",), r"[a-f0-9]{24}-[a-f0-9]{34}"),
    Known("age_key", ("AGE-SECRET-KEY-1",), r"[A-Z0-9]{58}"),
    Known("heroku_key", ("HRKU-",), r"[\w-]{20,}"),
    Known("twilio_key", ("SK",), r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    Known("mailgun_key", ("key-",), r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    Known("grafana_token", ("glsa_", "glc_"), r"[\w+/=]{30,}"),
    Known("newrelic_key", ("NRAK-",), r"[A-Z0-9]{27}"),
    Known("cloudflare_token", ("v1.0-",), r"[a-f0-9]{24}-[a-f0-9]{100,}"),
    Known("planetscale_token", ("pscale_tkn_", "pscale_pw_", "pscale_oauth_"), r"[\w.=-]{30,}"),
    Known("supabase_token", ("sbp_",), r"[a-f0-9]{40}"),
    Known("flyio_token", ("fo1_", "fm1_", "fm2_"), r"[\w+/=-]{40,}"),
    Known("doppler_token", ("dp.pt.", "dp.st.", "dp.ct.", "dp.sa."), r"[\w.-]{40,}"),
    Known("sonar_token", ("sqp_", "squ_", "sqa_"), r"[a-f0-9]{40}"),
    Known("vault_token", ("hvs.", "hvb.", "hvr."), r"[\w-]{24,}"),
    Known("groq_key", ("gsk_",), r"[A-Za-z0-9]{40,}"),
    Known("xai_key", ("xai-",), r"[A-Za-z0-9]{60,}"),
    Known("replicate_token", ("r8_",), r"[A-Za-z0-9]{37}(?![A-Za-z0-9])"),
    Known("perplexity_key", ("pplx-",), r"[A-Za-z0-9]{40,}"),
    Known("notion_token", ("ntn_", "secret_"), r"[A-Za-z0-9]{43,}", mixed=True),
    Known("bitbucket_password", ("ATBB",), r"[A-Za-z0-9]{28,}", mixed=True),
    Known("buildkite_token", ("bkua_",), r"[a-f0-9]{40}"),
    Known("circleci_token", ("CCIPAT_", "CCIPRJ_"), r"[\w-]{40,}"),
    Known("square_token", ("sq0atp-", "sq0csp-"), r"[\w-]{22,}"),
    Known("brevo_key", ("xkeysib-",), r"[a-f0-9]{64}-\w{16}"),
    Known("dynatrace_token", ("dt0c01.", "dt0s01."), r"[A-Z0-9]{24}\.[A-Z0-9]{60,}"),
    Known("figma_token", ("figd_",), r"[\w-]{36,}"),
    Known("readme_key", ("rdme_",), r"[a-z0-9]{60,}"),
    Known("stytch_key", ("secret-live-", "secret-test-"), r"[\w=-]{30,}"),
    Known("jwt", ("eyJ",), r"[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
)


OWN, OWN_PREFIXES = "own_token", "FIRSTLINE_TOKEN_PREFIXES"


@cache
def own() -> tuple[Known, ...]:
    """The tokens that the operator's own platform gives out, by their prefixes. Raises BadSetting for a short one."""
    prefixes = tuple(environment.text(OWN_PREFIXES).split())
    if any(len(one) < 3 or not one.isascii() for one in prefixes):
        raise environment.BadSetting(
            f"{OWN_PREFIXES} takes prefixes of three plain letters at least, as orb_ or orbit-."
        )
    return (Known(OWN, prefixes, r"[A-Za-z0-9_.-]{15,250}[A-Za-z0-9_]", mixed=True),) if prefixes else ()


def hits(text: str) -> Iterator[Hit]:
    """Every self-betraying credential of the text, wrapped ones included; linear in the length of the text."""
    for known in (*KNOWN, *own()):
        for prefix in known.prefixes:
            position = text.find(prefix)
            while position >= 0:
                hit = _at(text, position, known, prefix)
                if hit:
                    yield hit
                position = text.find(prefix, hit.end if hit else position + len(prefix))


@cache
def _compiled(prefix: str, body: str) -> re.Pattern[str]:
    return re.compile(START + re.escape(prefix) + body, re.ASCII)


def _at(text: str, position: int, known: Known, prefix: str) -> Hit | None:
    match = _compiled(prefix, known.body).match(text, position)
    if match is None:
        return _wrapped(text, position, known, prefix) if known.exact else None
    end = match.end()
    body = text[position + len(prefix) : end]
    if is_dummy(body) or (known.mixed and not is_mixed(body)):
        return None
    if known.kind in ("pypi_token", "jwt"):
        end = _continued(text, end)
    return Hit(known.kind, position, end, "" if prefix == "eyJ" else prefix)


_BREAK = re.compile(r"=?[ \t]*\r?\n(?:[ \t]*>)*[ \t]*")
_RUN = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_LONG_RUN = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)


def _wrapped(text: str, position: int, known: Known, prefix: str) -> Hit | None:
    """A token of fixed length that a mail client broke over two lines: joined only when the length fits exactly."""
    if not re.compile(START).match(text, position):
        return None
    first = _RUN.match(text, position + len(prefix))
    gap = _BREAK.match(text, first.end()) if first else None
    second = _RUN.match(text, gap.end()) if gap else None
    if first is None or second is None:
        return None
    body = first.group() + second.group()
    if len(body) != known.exact or is_dummy(body) or not is_mixed(body):
        return None
    return Hit(known.kind, position, second.end(), prefix)


def _continued(text: str, end: int) -> int:
    """End of a token of free length that goes on over full lines: only random-looking chunks are taken along."""
    for _ in range(40):
        line_start = text.rfind("\n", max(0, end - 400), end) + 1
        gap = _BREAK.match(text, end)
        more = _LONG_RUN.match(text, gap.end()) if gap else None
        if more is None or end - line_start < 60 or not (is_mixed(more.group()) and len(more.group()) >= 8):
            return end
        end = more.end()
    return end


def is_mixed(value: str) -> bool:
    """Whether the value holds a digit and a letter and doesn't read like words joined by dashes."""
    if not (re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value)):
        return False
    words = [part for part in re.split(r"[-_.]", value) if part]
    return any(re.search(r"[0-9]", word) and re.search(r"[A-Za-z]", word) and len(word) >= 6 for word in words)


def is_dummy(value: str) -> bool:
    """Whether the value is a stand-in such as `xxxxxxxx` or `00000000`: at most three different characters."""
    return len(set(value.lower())) <= 3
