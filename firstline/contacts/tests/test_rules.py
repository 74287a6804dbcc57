"""Addresses are compared, never rewritten (M-13); evidence adds up."""

import pytest

from firstline.contacts.rules import confidence, normal_address

ADDRESSES = [
    ("casey@contact.example", "casey@contact.example"),
    ("Casey@Contact.Example", "casey@contact.example"),
    ("  casey@contact.example ", "casey@contact.example"),
    ("casey@contact.example.", "casey@contact.example"),
    ("casey+npm@contact.example", "casey@contact.example"),
    ("casey+npm+ci@contact.example", "casey@contact.example"),
    ("casey+@contact.example", "casey@contact.example"),
    ("+tag@contact.example", "+tag@contact.example"),
    ("c.a.s.e.y@contact.example", "c.a.s.e.y@contact.example"),
    ("c.a.sey@gmail.com", "casey@gmail.com"),
    ("casey@googlemail.com", "casey@gmail.com"),
    ("C.A.Sey+lists@GoogleMail.com", "casey@gmail.com"),
    ("casey@mail.gmail.com", "casey@mail.gmail.com"),
    ("casey@gmail.com.example", "casey@gmail.com.example"),
    ("jörg@bücher.example", "jörg@xn--bcher-kva.example"),
    ("jörg@xn--bcher-kva.example", "jörg@xn--bcher-kva.example"),
    ("info@STRASSE.example", "info@strasse.example"),
    ("info@straße.example", "info@strasse.example"),
    ("用户@例子.example", "用户@xn--fsqu00a.example"),
    ('"casey"@contact.example', "casey@contact.example"),
    ('"casey+x"@contact.example', "casey@contact.example"),
    ('"casey rivers"@contact.example', '"casey rivers"@contact.example'),
    ('"casey@home"@contact.example', '"casey@home"@contact.example'),
    ('"c\\asey"@contact.example', "casey@contact.example"),
    ("casey_rivers@contact.example", "casey_rivers@contact.example"),
    ("casey-rivers@contact.example", "casey-rivers@contact.example"),
    ("casey%x@contact.example", "casey%x@contact.example"),
    ("casey@[192.0.2.1]", "casey@[192.0.2.1]"),
    ("casey", ""),
    ("@contact.example", ""),
    ("casey@", ""),
    ("", ""),
]


@pytest.mark.parametrize(("written", "compared"), ADDRESSES)
def test_m13_an_address_for_comparison(written: str, compared: str) -> None:
    assert normal_address(written) == compared


def test_evidence_adds_up_and_a_claim_alone_is_next_to_nothing() -> None:
    assert confidence([]) == 0
    assert confidence(["claimed"]) < 0.2 < confidence(["claimed", "profile"]) < confidence(["claimed", "mail_link"])
    assert confidence(["mail_link", "mail_link"]) == confidence(["mail_link"])
    assert confidence(["network"]) >= 0.9 <= confidence(["mail"])
