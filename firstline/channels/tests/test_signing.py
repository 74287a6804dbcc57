"""DKIM: what we sign verifies against the record that we tell people to publish, and breaks when it is changed."""

import dkim
import pytest

from firstline.channels.email import signing
from firstline.channels.email.building import build
from firstline.channels.tests.test_outgoing import MESSAGE

SETTINGS = {"address": "support@desk.example.net", "dkim_selector": "s1", "dkim_key": signing.new_key()}


def verified(raw: bytes) -> bool:
    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"s1._domainkey.desk.example.net."
        return signing.record(SETTINGS["dkim_key"]).encode()

    return bool(dkim.verify(raw, dnsfunc=dns))


def test_a_signed_mail_verifies() -> None:
    sign = signing.signer(SETTINGS)
    assert sign is not None
    signed = sign(build(MESSAGE))
    assert verified(signed)
    assert not verified(signed.replace(b"Hello Casey", b"Hello Grim"))
    assert not verified(signed.replace(b"To: Casey", b"From: ceo@desk.example.net\r\nTo: Casey"))


@pytest.mark.parametrize("missing", ["dkim_selector", "dkim_key", "address"])
def test_without_selector_or_key_nothing_is_signed(missing: str) -> None:
    assert signing.signer({**SETTINGS, missing: ""}) is None
