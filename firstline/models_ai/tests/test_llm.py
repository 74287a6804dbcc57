"""The door to a language model: one answer within a deadline, or one kind of error."""

import pytest

from firstline.models_ai import llm
from firstline.models_ai.tests import scripted


def ask(server: scripted.Server, seconds: float = 0.6) -> llm.Completion:
    return llm.complete(llm.Endpoint(server.url, "small", "key-1"), "system", "user", seconds=seconds)


def test_an_answer_with_its_tokens() -> None:
    with scripted.serving(scripted.says("Hello")) as server:
        assert ask(server) == llm.Completion("Hello", 200, 50)
    assert server.keys == ["Bearer key-1"]
    assert server.asked[0]["temperature"] == 0
    assert [one["role"] for one in server.asked[0]["messages"]] == ["system", "user"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (scripted.hangs, "TimeoutError"),
        (scripted.trickles, "TimeoutError"),
        (scripted.dies, "cannot be reached"),
        (scripted.floods, "too long"),
        (lambda handler, _asked: scripted.reply(handler, b"not json"), "cannot be read"),
        (lambda handler, _asked: scripted.reply(handler, b"[]"), "cannot be read"),
        (lambda handler, _asked: scripted.reply(handler, b'{"choices": []}'), "cannot be read"),
        (scripted.says("  "), "empty"),
        (lambda handler, _asked: scripted.reply(handler, b"slow down", 429), "429"),
        (lambda handler, _asked: scripted.reply(handler, b"", 500), "500"),
    ],
)
def test_whatever_goes_wrong_is_one_error(script: scripted.Script, said: str) -> None:
    with scripted.serving(script) as server, pytest.raises(llm.ProviderError, match=said):
        ask(server)


def test_nobody_listens() -> None:
    with scripted.serving(scripted.says("x")) as server:
        pass
    with pytest.raises(llm.ProviderError, match="cannot be reached"):
        ask(server)


def test_the_key_is_in_no_repr() -> None:
    assert "key-1" not in repr(llm.Endpoint("http://127.0.0.1/v1", "small", "key-1"))
