"""Web push by the RFCs' own example, and tokens that the desk's public key proves."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from firstline.core import webpush

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
# RFC 8291, appendix A
THEIR_KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
THEIR_SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
OUR_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    to = webpush.read("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", THEIR_KEY, THEIR_SECRET)
    ours = ec.derive_private_key(int.from_bytes(webpush.decoded(OUR_PRIVATE)), ec.SECP256R1())
    body = webpush.encrypt(to, b"When I grow up, I want to be a watermelon", ours, webpush.decoded(SALT))
    assert webpush.encoded(body) == BODY


def test_the_token_names_the_service_and_is_signed_by_the_key_that_browsers_know() -> None:
    to = webpush.read("https://push.example.net/push/1", THEIR_KEY, THEIR_SECRET)
    _body, headers = webpush.request(
        to, b"Hello", contact="mailto:desk@orbit.example", now=NOW, keep=timedelta(minutes=5), pressing=True
    )
    assert (headers["TTL"], headers["Urgency"]) == ("300", "high")
    token, key = headers["Authorization"].removeprefix("vapid t=").split(", k=")
    assert key == webpush.public_key()
    head, claims, signature = token.split(".")
    said = json.loads(webpush.decoded(claims))
    assert (said["aud"], said["sub"]) == ("https://push.example.net", "mailto:desk@orbit.example")
    assert NOW.timestamp() < said["exp"] <= (NOW + timedelta(hours=24)).timestamp()
    raw = webpush.decoded(signature)
    proof = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), webpush.decoded(key))
    known.verify(proof, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("endpoint", "key", "secret"),
    [
        ("http://push.example.net/1", THEIR_KEY, THEIR_SECRET),
        ("https://push.example.net/1", THEIR_KEY[:-4], THEIR_SECRET),
        ("https://push.example.net/1", THEIR_KEY, "short"),
        ("https://push.example.net/1", "not base64!", THEIR_SECRET),
    ],
)
def test_what_is_no_subscription_is_refused(endpoint: str, key: str, secret: str) -> None:
    with pytest.raises(webpush.NotASubscription):
        webpush.read(endpoint, key, secret)
