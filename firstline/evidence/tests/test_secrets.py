import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstline.evidence.secrets import find, mask

_RANDOM = random.Random(7)
_LETTERS = string.ascii_letters + string.digits


def made(length: int, alphabet: str = _LETTERS) -> str:
    """A random value, never the same token in the source, so that no scanner of repositories stumbles over it."""
    return "".join(_RANDOM.choice(alphabet) for _ in range(length))


_HEX = "0123456789abcdef"
_BODY = f"{made(64)}\n{made(64)}\n{made(20)}=="

# kind, text with the secret in «», as in the wild
SECRETS: list[tuple[str, str]] = [
    ("npm_token", f"npm ERR! token «npm_{made(36)}» is in the log"),
    ("npm_token", f"//registry.example.org/:_authToken=«npm_{made(36)}»"),
    ("npm_token", '{"log": "line\\n«npm_' + made(36) + '»"}'),
    ("npmrc_auth", f"//registry.example.org/:_authToken=«{made(8, _HEX)}-4f89-11d3-9a0c-{made(12, _HEX)}»"),
    ("npmrc_auth", f"_auth = «{made(28)}=»"),
    ("npmrc_auth", f"npm config set //registry.example.org/:_authToken «{made(36)}»"),
    ("npmrc_password", f"//registry.example.org/:_password=«{made(12)}»"),
    ("github_token", f"export GH=«ghp_{made(36)}»"),
    ("github_token", f"«ghs_{made(36)}»"),
    ("github_token", f"use «github_pat_{made(22)}_{made(59)}» please"),
    ("gitlab_token", f"PRIVATE: «glpat-{made(20)}»"),
    ("aws_key_id", f"aws_access_key_id = «AKIA{made(16, string.ascii_uppercase + '234567')}»"),
    ("aws_secret", f"AWS_SECRET_ACCESS_KEY=«{made(40)}»"),
    ("pypi_token", f"password = «pypi-AgEIcHlwaS5vcmc{made(140)}»"),
    ("rubygems_key", f":rubygems_api_key: «rubygems_{made(48, _HEX)}»"),
    ("slack_token", f"«xoxb-{made(12, string.digits)}-{made(24)}»"),
    ("jwt", f"id_token «eyJ{made(30)}.eyJ{made(60)}.{made(43)}»"),
    ("private_key", f"«-----BEGIN RSA PRIVATE KEY-----\n{_BODY}\n-----END RSA PRIVATE KEY-----» bye"),
    ("private_key", f"cut off: «-----BEGIN OPENSSH PRIVATE KEY-----\n{made(64)}\n{made(64)}»\nHello there"),
    ("url_password", f"https://bob:«{made(14)}»@registry.example.org/simple/"),
    ("url_password", f"git clone https://«{made(40)}»@code.example.org/a/b"),
    ("authorization", f"> Authorization: Bearer «{made(40)}»"),
    ("authorization", f"authorization: Basic «{made(24)}==»"),
    ("stripe_key", f"key «sk_live_{made(24)}»"),
    ("openai_key", f"OPENAI «sk-proj-{made(60)}»"),
    ("anthropic_key", f"«sk-ant-api03-{made(80)}»"),
    ("google_key", f"maps key «AIza{made(35)}»"),
    ("docker_token", f"docker login -p «dckr_pat_{made(27)}»"),
    ("labelled_secret", f"VERCEL_TOKEN=«{made(22)}9a»"),
    ("netlify_token", f"«nfp_{made(36)}»"),
    ("cookie", f"Cookie: «session={made(40)}; theme=dark»"),
    ("cookie", f"< set-cookie: «sid={made(40)}; path=/; HttpOnly»"),
    ("one_time_code", "npm publish --otp=«481516»"),
    ("one_time_code", "my one-time code is «938 114» but it is refused"),
    ("recovery_code", "Recovery codes:\n  1. «a1b2c-d3e4f»\n  2. «zz9xz-12345»\n"),
    ("payment_card", "my card is «4111 1111 1111 1111», please refund"),
    ("payment_card", "Amex «378282246310005»"),
    ("iban", "pay to «DE89 3704 0044 0532 0130 00» please"),
    ("password", "password=«hunter2!»"),
    ("password", f"MINIO_ROOT_PASSWORD=«{made(24)}»"),
    ("password", "mein Passwort lautet «Sommer2019!» und geht nicht"),
    ("netrc_password", f"machine registry.example.org login bob password «{made(14)}»"),
    ("docker_auth", f'{{"auths": {{"registry.example.org": {{"auth": "«{made(30)}==»"}}}}}}'),
    ("jdbc_password", f"jdbc:oracle:thin:app/«{made(12)}»@//db.example.org:1521/x"),
    ("azure_sas", f"https://x.example.org/c?sv=1&sig=«{made(42)}%3D»&se=2026"),
    ("labelled_secret", f"<apiKey>«{made(24)}»</apiKey>"),
    ("password", f"twine upload -u __token__ -p «{made(20)}» dist/*"),
    ("telegram_token", f"bot «{made(10, string.digits)}:AA{made(33)}» says"),
    ("terraform_token", f"token «{made(14)}.atlasv1.{made(67)}»"),
    ("private_key", f"Private-Lines: 2\n«{made(64)}\n{made(64)}»\nPrivate-MAC: 00"),
    ("password", "my password is «Sommer2019!» and it fails"),
    ("password", f"curl -X PUT \\\n  -u bob:«{made(9)}» https://registry.example.org/x"),
]

BENIGN = [
    "machine registry.example.org login bob password npm_••••(sha256:ab12)",
    "docker login -u bob -p ••••(password) registry.example.org",
    "docker run -p 8080:80 nginx",
    "<password>${env.PASSWORD}</password>",
    "Enter alias password:\n\njava.lang.NullPointerException",
    f'"integrity": "sha512-{made(86)}=="',
    f"commit {made(40, _HEX)}",
    f"resolved https://registry.example.org/a/-/a-1.0.0.tgz#{made(40, _HEX)}",
    "//registry.example.org/:_authToken=${NPM_TOKEN}",
    "NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}",
    "npm_***",
    "_authToken=npm_••••(sha256:ab12)",
    "https://user:••••(url_password)@registry.example.org/",
    "_authToken=YOUR_TOKEN_HERE",
    "HTTPS_PROXY=http://user:password@proxy:8080",
    "http://localhost:4873/@scope/pkg",
    "git+ssh://git@github.com:owner/repo.git",
    "docker run -u 1000:1000 node:22",
    "npm ERR! `_auth` must be renamed to `//host/:_auth` in user config",
    "npm ERR! Username/Password authentication is no longer supported",
    "password: process.env.DB_PASSWORD_1",
    "password = ProviderUtils.locatePassword",
    "const token = getToken(options1)",
    "tokenizer=bert-base-uncased-v2-final",
    f"nextPageToken: {made(30)}",
    f"cache-key: node-cache-Linux-npm-{made(64, _HEX)}",
    "npm publish --otp=123456",
    "Cookie: I love chocolate cookies",
    'WWW-Authenticate: Bearer realm="https://auth.example.org/token",service="registry"',
    "trace 1234567890123456 took 2 ms",
    "I lost my recovery codes and my phone.",
    "npm_package_version=1.0.0 npm_config_registry=https://registry.example.org",
    "docker login --password-stdin",
    "npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
]


def unmarked(text: str) -> tuple[str, list[tuple[int, int]]]:
    spans, plain = [], ""
    for part in text.split("«"):
        inside, closed, after = part.partition("»")
        if closed:
            spans.append((len(plain), len(plain) + len(inside)))
            plain += inside + after
        else:
            plain += part
    return plain, spans


@pytest.mark.parametrize(("kind", "marked"), SECRETS)
def test_finds_each_kind_and_hides_all_of_it(kind: str, marked: str) -> None:
    text, spans = unmarked(marked)
    secrets = find(text)
    assert [(one.start, one.end) for one in secrets] == spans
    assert {one.kind for one in secrets} == {kind}
    masked = mask(text).text
    assert not any(text[start:end] in masked for start, end in spans)


@pytest.mark.parametrize("text", BENIGN)
def test_leaves_what_is_no_secret(text: str) -> None:
    assert mask(text).text == text


@pytest.mark.parametrize("marked", [text for _, text in SECRETS])
def test_masking_twice_changes_nothing(marked: str) -> None:
    once = mask(unmarked(marked)[0]).text
    assert mask(once).secrets == ()
    assert "••••(" in once


def test_a_mask_keeps_the_prefix_and_four_hex_digits() -> None:
    token = "npm_" + "aB3dE6gH9j" * 3 + "kL2mN4"
    assert mask(f"x {token} y").text == "x npm_••••(sha256:72a2) y"


def test_guessable_values_get_no_hash() -> None:
    assert mask("--otp=481516").text == "--otp=••••(one_time_code)"


@pytest.mark.parametrize("gap", ["\n", "\r\n", "=\r\n", "\n> "])
def test_a_token_broken_over_two_lines_is_found(gap: str) -> None:
    token = "npm_" + "aB3dE6gH9j" * 3 + "kL2mN4"
    text = f"> see {token[:20]}{gap}{token[20:]} thanks"
    assert [text[one.start : one.end].replace(gap, "") for one in find(text)] == [token]


def test_a_short_word_at_the_end_of_a_line_is_not_joined_to_the_next() -> None:
    assert find("set npm_token\nand then 36 other things") == []


@given(st.text(max_size=300))
def test_any_text_can_be_masked_and_is_then_stable(text: str) -> None:
    once = mask(text)
    assert mask(once.text).text == once.text
    assert all(0 <= one.start < one.end <= len(text) for one in once.secrets)


HOSTILE = ["eyJ-", "://a:", "-----BEGIN PRIVATE KEY-----", "curl -u ", "password=", "recovery codes: ", "DE89 3704 "]


def test_scanning_does_not_stall_on_hostile_input() -> None:
    for piece in HOSTILE:
        started = time.process_time()
        find(piece * (50_000 // len(piece)))
        assert time.process_time() - started < 0.5, piece


@pytest.mark.corpus
@pytest.mark.parametrize("piece", [*HOSTILE, "npm_a\n", "4111 1111 1111 1112 ", "aws secret ", "cookie: a=", "Bearer "])
def test_a_hostile_megabyte_takes_under_two_seconds(piece: str) -> None:
    started = time.process_time()
    find(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 2


def test_a_hundred_kilobyte_log_takes_a_tenth_of_a_second() -> None:
    line = "105 http fetch GET 200 https://registry.example.org/left-thing 213ms (cache revalidated)\n"
    log = (line * 1200)[:100_000]
    started = time.process_time()
    assert find(log) == []
    assert time.process_time() - started < 0.1 * 2  # twice the bar: the machine of CI is shared
