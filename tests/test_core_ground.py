"""Sealing and tokens: what everything else leans on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstline.core import sealing, tokens


@given(st.binary(max_size=5000))
def test_what_was_sealed_comes_back_byte_for_byte(data: bytes) -> None:
    sealed = sealing.seal(data)
    assert sealing.unseal(sealed.ciphertext, sealed.wrapped_key) == data


def test_a_changed_item_does_not_open() -> None:
    sealed = sealing.seal(b"marker")
    changed = sealed.ciphertext[:-1] + bytes([sealed.ciphertext[-1] ^ 1])
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(changed, sealed.wrapped_key)


def test_equal_bytes_seal_differently_but_share_their_fingerprint() -> None:
    assert sealing.seal(b"x").ciphertext != sealing.seal(b"x").ciphertext
    assert sealing.fingerprint(b"x") == sealing.fingerprint(b"x") != sealing.fingerprint(b"x", "other")


@given(st.lists(st.integers(min_value=0, max_value=2**62), min_size=2, max_size=2))
def test_token_returns_its_ids_in_any_case(ids: list[int]) -> None:
    token = tokens.make("reply", ids)
    assert tokens.read("reply", token.upper(), 2) == tuple(ids)
    assert len(f"support+{token}") <= 64


@given(st.text(max_size=80))
def test_s04_no_made_up_token_is_read(token: str) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.read("reply", token, 2)


def test_s04_a_token_of_another_purpose_or_other_ids_is_refused() -> None:
    token = tokens.make("reply", [5, 7])
    with pytest.raises(tokens.BadToken):
        tokens.read("download", token, 2)
    with pytest.raises(tokens.BadToken):
        tokens.read("reply", token.replace("-5-", "-6-"), 2)
