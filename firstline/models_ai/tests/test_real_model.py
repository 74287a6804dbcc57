"""The door to a language model against a real one on this machine (`make test-llm`), whatever it writes."""

import os
import time

import pytest

from firstline.models_ai import llm

URL = os.environ.get("LLM_TEST_URL", "")
pytestmark = [
    pytest.mark.llm,
    pytest.mark.skipif(not URL, reason="no real model runs; see make test-llm"),
]
ENDPOINT = llm.Endpoint(URL, "smollm2")


def test_it_answers_and_counts_its_tokens() -> None:
    said = llm.complete(ENDPOINT, "You answer in one word.", "Say hello.", seconds=60)
    assert said.text.strip()
    assert said.prompt_tokens > 5
    assert 0 < said.completion_tokens <= llm.MOST_TOKENS


def test_the_same_question_has_the_same_answer() -> None:
    asked = [llm.complete(ENDPOINT, "You answer in one word.", "Name a colour.", seconds=60).text for _ in range(2)]
    assert asked[0] == asked[1]


def test_one_that_is_too_slow_is_left_at_the_deadline() -> None:
    began = time.monotonic()
    with pytest.raises(llm.ProviderError):
        llm.complete(ENDPOINT, "You write long stories.", "Tell a very long story. " * 300, seconds=0.3)
    assert time.monotonic() - began < 2


def test_more_than_it_can_read_is_one_error() -> None:
    with pytest.raises(llm.ProviderError):
        llm.complete(ENDPOINT, "You summarise.", "word " * 20_000, seconds=60)
