import argparse
import gzip
import json
import zipfile
from pathlib import Path

import pytest

from firstline.core.commands import Commands
from firstline.evidence import commands

TOKEN = "npm_" + "aB3dE6gH9j" * 3 + "kL2mN4"


def run(*words: str) -> int:
    registry = Commands()
    commands.add(registry)
    found = registry.find(words)
    assert found is not None
    command, rest = found
    options: argparse.Namespace = command.parser().parse_args(rest)
    return command.run(options)


def test_diagnose_prints_one_object_with_the_promised_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paste = tmp_path / "paste.txt"
    paste.write_text(f"npm error code EOTP\n//r/:_authToken={TOKEN}\n", encoding="utf-8")
    assert run("diagnose", str(paste), "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    promised = {"signature", "case", "cause", "fix", "whose", "facts", "missing", "confidence", "runners_up", "secrets"}
    assert promised <= answer.keys()
    assert answer["signature"] == "npm-otp-required"
    assert answer["secrets"][0]["kind"] == "npm_token"
    assert TOKEN not in json.dumps(answer)


def test_diagnose_says_unknown_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paste = tmp_path / "paste.txt"
    paste.write_text("How do I delete my account?", encoding="utf-8")
    assert run("diagnose", str(paste)) == 0
    assert "Not one of the known failures." in capsys.readouterr().out


def test_diagnose_reads_the_logs_of_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = tmp_path / "logs.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("2026-11-24-debug-0.log", "105 error code EINTEGRITY\n")
        opened.writestr("big.txt", "a" * 6_000_000)
    assert run("diagnose", str(archive), "--json") == 0
    out = capsys.readouterr()
    assert json.loads(out.out)["signature"] == "npm-integrity"
    assert "big.txt" in out.err


def test_redact_prints_the_masked_text_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paste = tmp_path / "paste.txt"
    paste.write_text(f"a {TOKEN} b\n", encoding="utf-8")
    assert run("redact", str(paste)) == 0
    out = capsys.readouterr()
    assert out.out.startswith("a npm_••••(sha256:")
    assert TOKEN not in out.err


def test_eval_diagnosis_and_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"text": "npm error code EOTP", "label": "npm-otp-required"},
        {"text": "npm error code EOTP", "label": "AUTH-02"},
        {"text": "npm error code EOTP", "label": "INS-01"},
        {"text": "hello there", "label": "none"},
    ]
    labelled = tmp_path / "rows.jsonl.gz"
    labelled.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    assert run("eval", "diagnosis", str(labelled), "--json") == 0
    score = json.loads(capsys.readouterr().out)
    assert (score["n"], score["unknown"], score["wrong_confident"]) == (4, 0.25, 0.25)
    assert score["precision1"] == pytest.approx(2 / 3)

    spans = tmp_path / "spans.jsonl"
    spans.write_text(json.dumps({"text": f"x {TOKEN}", "spans": [[2, 2 + len(TOKEN)]]}), encoding="utf-8")
    assert run("eval", "secrets", str(spans), "--json") == 0
    score = json.loads(capsys.readouterr().out)
    assert (score["n"], score["recall"], score["precision"]) == (1, 1.0, 1.0)


def test_wrong_use_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("diagnose", str(tmp_path / "absent.txt")) == 2
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "no label"}', encoding="utf-8")
    assert run("eval", "diagnosis", str(bad), "--json") == 2
    assert "can't be read" in capsys.readouterr().err
