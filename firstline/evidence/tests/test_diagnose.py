import gzip
import json
import time
from pathlib import Path

import pytest

from firstline.evidence import catalogue
from firstline.evidence.diagnose import diagnose
from firstline.evidence.facts import mask_homes
from tests import shared

CATALOGUE = catalogue.load()

PUBLISH = """Hi, since this morning I can't publish any more:

$ npm publish
npm notice
npm notice 📦  @acme/kit@2.4.1
npm error code E404
npm error 404 Not Found - PUT https://registry.orbit.example/@acme%2fkit - Not found
npm error 404
npm error 404  '@acme/kit@2.4.1' is not in this registry.
npm error A complete log of this run can be found in: /Users/casey/.npm/_logs/2026-11-20T09_12_44_102Z-debug-0.log

What happened to my package?
Casey
"""


def test_the_well_known_404_on_publish() -> None:
    result = diagnose(PUBLISH, CATALOGUE)
    assert result.signature == "npm-publish-404-means-auth"
    assert (result.case, result.whose) == ("AUTH-05", "user")
    assert result.confidence >= 0.8
    assert PUBLISH.split("\n")[6].startswith("npm error 404 Not Found")
    assert 6 in result.telling_lines
    assert len(result.telling_lines) <= 5
    facts = result.facts
    assert facts["package"] == "@acme/kit"
    assert facts["registry"] == "registry.orbit.example"
    assert facts["command"] == "npm publish"
    assert (facts["method"], facts["status"], facts["error_code"]) == ("PUT", "404", "E404")
    assert "casey" not in json.dumps(facts)
    assert "kind and age of the token" in result.missing
    assert "package name and version" not in result.missing


def test_the_same_failure_of_another_person_has_the_same_fingerprint() -> None:
    other = PUBLISH.replace("casey", "rita").replace("2026-11-20T09_12_44_102Z", "2026-11-21T11_00_00_000Z")
    assert diagnose(PUBLISH, CATALOGUE).fingerprint == diagnose(other, CATALOGUE).fingerprint
    elsewhere = PUBLISH.replace("registry.orbit.example", "npm.corp.example")
    assert diagnose(PUBLISH, CATALOGUE).fingerprint != diagnose(elsewhere, CATALOGUE).fingerprint


PASTES = {
    "npm-publish-404-means-auth": "104 error code E404\n105 error 404 Not Found - PUT https://r.example/a - Not found",
    "npm-otp-required": "> npm ERR! code EOTP\n> npm ERR! This operation requires a one-time password",
    "npm-integrity": "\x1b[31mnpm\x1b[0m \x1b[31merror\x1b[0m code EINTEGRITY",
    "npm-eresolve": "2026-08-27T10:11:12.1234567Z npm error code ERESOLVE",
    "npm-enospc": "#12 34.52 npm error code ENOSPC\n#12 34.6 npm error nospc ENOSPC: no space left on device",
    "npm-publish-name-similar": """npm WARN EBADENGINE Unsupported engine {
npm ERR! code E403
npm ERR! 403 Forbidden - PUT https://r.example/x - Package name too similar to existing packages y""",
    "net-reset": "npm ERR! Exit handler never called!\nnpm ERR! network read ECONNRESET",
    "npm-publish-name-taken": """npm ERR! 403 403 Forbidden - PUT https://r.example/thing - You do not have perm
npm ERR! ission to publish "thing". Are you logged in as the correct user?""",
    "pip-externally-managed": "error: externally-managed-environment\n\n× This environment is externally managed",
    "pip-no-match": """ERROR: Could not find a version that satisfies the requirement torch
ERROR: No matching distribution found for torch""",
    "yarn-berry": "➤ YN0028: │ The lockfile would have been modified by this install",
    "pnpm-lockfile": ' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"',
}


@pytest.mark.parametrize("signature", PASTES)
def test_pastes_as_terminals_ci_mail_and_logs_show_them(signature: str) -> None:
    assert diagnose(PASTES[signature], CATALOGUE).signature == signature


@pytest.mark.parametrize(
    "prose",
    [
        "How do I delete my account?",
        "Can I publish a private package for free? We are an organisation and want two-factor authentication.",
        "Do you support a self signed certificate? Our registry is internal.",
        "I forgot my password and lost my phone with the authenticator app.",
        "We are in a dependency conflict with colleagues about conflicting dependencies.",
        "No space left on device is what my phone says, it is not about you.",
        "Is there a rate limit? Our CI makes too many requests, I think.",
        "",
        "   \n\n",
    ],
)
def test_prose_gives_an_honest_unknown(prose: str) -> None:
    result = diagnose(prose, CATALOGUE)
    assert not result.is_known
    assert (result.case, result.cause, result.fix, result.whose, result.confidence) == (None, "", (), None, 0.0)
    assert result.missing == ()


def test_an_unknown_error_still_gives_facts_and_what_to_ask() -> None:
    result = diagnose("$ npm install\nnpm ERR! code EWEIRD\nnpm ERR! node v22.1.0\nnpm ERR! strange", CATALOGUE)
    assert not result.is_known
    assert result.facts["node"] == "22.1.0"
    assert "npm version (npm -v)" in result.missing
    assert "Node.js version (node -v)" not in result.missing
    assert result.telling_lines


def test_what_the_paste_says_is_not_asked_again() -> None:
    local = diagnose("C:\\Users\\mina\\app>npm install\nnpm ERR! code ERESOLVE", CATALOGUE)
    assert local.facts["place"] == "local"
    assert "whether it happens in CI or locally" not in local.missing
    in_ci = diagnose("npm ERR! code ERESOLVE\n/home/runner/work/x", CATALOGUE)
    assert in_ci.facts["ci"] == "GitHub Actions"
    assert "whether it happens in CI or locally" not in in_ci.missing


def test_a_code_of_many_meanings_is_told_apart_by_its_case() -> None:
    for paste, case in (
        ("➤ YN0018: │ left-thing@npm:1.0.0: The remote archive doesn't match the expected checksum", "INS-04"),
        ("➤ YN0041: │ Invalid authentication (as an anonymous user)", "AUTH-05"),
        ("➤ YN0028: │ The lockfile would have been modified", "INS-07"),
        (" ERR_PNPM_FETCH_401  GET https://registry.example.org/x: Unauthorized - 401", "AUTH-05"),
        (" ERR_PNPM_FETCH_404  GET https://registry.example.org/x: Not Found - 404", "INS-05"),
    ):
        assert diagnose(paste, CATALOGUE).case == case, paste


def test_a_title_that_quotes_an_error_is_never_sure() -> None:
    assert diagnose("MySQL: ERROR: Failed to build gem native extension.", CATALOGUE).confidence < 0.8


def test_a_code_in_a_sentence_is_less_sure_than_a_paste() -> None:
    said = diagnose("When I publish I get EOTP, why?", CATALOGUE)
    pasted = diagnose("npm ERR! code EOTP", CATALOGUE)
    assert said.signature == pasted.signature == "npm-otp-required"
    assert said.confidence <= pasted.confidence


def test_names_of_people_in_home_folders_are_masked() -> None:
    assert mask_homes("/Users/ada/x C:\\Users\\Ada L\\y /home/ada/z") == "/Users/…/x C:\\Users\\…\\y /home/…/z"
    assert mask_homes("/home/runner/work") == "/home/runner/work"


def test_a_long_paste_is_capped_and_line_numbers_stay_true() -> None:
    noise = "105 http fetch GET 200 https://registry.example.org/left-thing 213ms (cache revalidated)\n"
    paste = noise * 6000 + "npm error code EINTEGRITY\n"
    started = time.process_time()
    result = diagnose(paste, CATALOGUE)
    assert time.process_time() - started < 2
    assert result.signature == "npm-integrity"
    assert result.telling_lines == (6000,)


@pytest.mark.parametrize(
    "piece", ["npm ERR! ", "a/", "GET https://", "@a/", "('\"", "\x1b[", "x-1.tar.", "_logs/", ". "]
)
def test_hostile_pastes_do_not_stall(piece: str) -> None:
    started = time.process_time()
    diagnose((piece * 60_000)[:60_000], CATALOGUE)
    assert time.process_time() - started < 2


@pytest.mark.corpus
def test_questions_of_other_fields_are_never_diagnosed_with_confidence() -> None:
    for name in ("stackfaq/queries", "banking77/items", "clinc150/items", "so_titles/items"):
        with gzip.open(shared.data(*f"{name}.jsonl.gz".split("/")), "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["text"]
                assert diagnose(text, CATALOGUE).confidence < 0.8, text


def test_our_own_pastes_are_all_recognised_and_nothing_else_is() -> None:
    import yaml

    for row in yaml.safe_load((Path(__file__).parent / "data" / "pastes.yaml").read_text(encoding="utf-8")):
        result = diagnose(row["text"], CATALOGUE)
        if row["label"] == "none":
            assert not result.is_known, (result.signature, row["text"])
        else:
            assert row["label"] in (result.signature, result.case), (result.signature, row)
