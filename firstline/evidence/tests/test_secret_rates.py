"""Recall on made-up secrets of every class, precision on benign lines of logs (P-16): fixed seed, no stored tokens."""

import random
import re
import string
from collections.abc import Iterator

from firstline.evidence.evaluation import score_secrets

RANDOM = random.Random(99)
HEX = "0123456789abcdef"
WORD = string.ascii_letters + string.digits
BASE64 = WORD + "+/"
URL_SAFE = WORD + "-_"

KNOWN = """
npm_{w36} ghp_{w36} gho_{w36} ghs_{w36} github_pat_{w22}_{w59} glpat-{w20} AKIA{k16} ASIA{k16}
pypi-AgEIcHlwaS5vcmc{u120} xoxb-{d11}-{d12}-{w24} eyJ{u33}.eyJ{u70}.{u43} sk_live_{w24} sk_test_{w24}
sk-proj-{u48} sk-ant-api03-{u80} sk-{w48} AIza{u35} dckr_pat_{u27} nfp_{w36} rubygems_{h48} hf_{w34}
"""
AROUND = [
    "«»", "token: «»", "my token is «» please check", "export NPM_TOKEN=«»", "//r.example/:_authToken=«»",
    '"token": "«»",', "npm ERR! «» was refused", "Authorization: Bearer «»", "(«»)", "`«»`", "> «»", "«».",
    "see «»\nbye",
    "https://user:«»@example.org/x", "--token=«»", "token=«»&x=1", "machine example.org login x password «»",
]  # fmt: skip
LABELLED = [
    "_authToken=«{h8}-{h4}-{h4}-{h4}-{h12}»", "_auth=«{w30}==»\n", "AWS_SECRET_ACCESS_KEY=«{b40}»",
    "aws_secret_access_key = «{b40}»\n", "https://bob:«{w12}»@r.example/", "Authorization: Basic «{w24}==» x",
    "npm publish --otp=«{d6}»", "Cookie: «session={w32}; csrftoken={w32}»\n", "set-cookie: «sid={w40}; Path=/»\n",
    "VERCEL_TOKEN=«{w24}»", "NETLIFY_AUTH_TOKEN=«{u40}»", "DB_PASSWORD=«{w12}»", "client_secret: «{w32}»",
    "api_key=«{h32}»", "«-----BEGIN PRIVATE KEY-----\n{b64}\n{b64}\n-----END PRIVATE KEY-----»\nbye",
]  # fmt: skip
BENIGN = [
    '"integrity": "sha512-{b86}=="', "resolved https://r.example/a/-/a-1.0.0.tgz#{h40}", "commit {h40}",
    "_authToken=${NPM_TOKEN}", "NODE_AUTH_TOKEN: ${{ secrets.T }}", "npm_config_cache=/home/runner/.npm", "npm_***",
    "at Object.<anonymous> (/app/node_modules/x/lib/{w12}.js:12:7)", "cacheKey: {h40}", 'etag: W/"{h40}"',
    "shasum: {h40}", "run id {d11}", "docker.io/library/node@sha256:{h64}", "X-Request-Id: {h8}-{h4}-{h12}",
    "cf-ray: {h16}-FRA", "password: ********", "token: <redacted>", "--otp=<code>", "postgres://localhost:5432/db",
    "GET https://r.example/@scope%2fname 200 {d3}ms", "npm notice integrity:     sha512-{w12}[...]{w12}==",
    "const token = getTokenFromEnvironmentVariable", "git+ssh://git@example.org/a/b.git#{h40}",
]  # fmt: skip
ALPHABETS = {
    "w": WORD,
    "h": HEX,
    "d": string.digits,
    "b": BASE64,
    "u": URL_SAFE,
    "k": string.ascii_uppercase + "234567",
}


def made(pattern: str) -> str:
    return re.sub(r"\{(\w)(\d+)\}", lambda one: "".join(RANDOM.choices(ALPHABETS[one[1]], k=int(one[2]))), pattern)


def row(marked: str) -> dict[str, object]:
    before, _, rest = marked.partition("«")
    inside, _, after = rest.partition("»")
    spans = [[len(before), len(before) + len(inside)]] if inside else []
    return {"text": before + inside + after, "spans": spans}


def rows() -> Iterator[dict[str, object]]:
    for _ in range(8):
        for known in KNOWN.split():
            yield row(RANDOM.choice(AROUND).replace("«»", f"«{made(known)}»"))
        for labelled in LABELLED:
            yield row(made(labelled))
        for benign in BENIGN * 3:
            yield row(made(benign))


def test_recall_and_precision_on_made_up_lines() -> None:
    score = score_secrets(rows())
    assert score.n > 800
    assert score.recall is not None
    assert score.recall >= 0.98
    assert score.precision is not None
    assert score.precision >= 0.99
