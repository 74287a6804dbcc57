"""D-12: which links and names pretend, and where they really lead."""

import pytest

from firstline.covers import deceiving

LINKS = [
    ("https://npmjs.com/package/kite", "", ()),
    ("http://example.org", "", ()),
    ("https://docs.npmjs.com/cli", "https://docs.npmjs.com/cli", ()),
    ("https://www.npmjs.com/", "npmjs.com", ()),
    ("https://bücher.example/", "", ()),
    ("https://xn--bcher-kva.example/", "", ()),
    ("https://пример.рф/", "", ()),
    ("https://例え.jp/", "", ()),
    ("https://日本ひらがなabc.jp/", "", ()),
    ("https://한국.kr/", "", ()),
    ("https://site.co.uk/", "", ()),
    ("https://github.com/orbit/cli/issues/1", "orbit/cli#1", ()),
    ("https://example.org/?next=https://npmjs.com@x", "", ()),
    ("mailto:casey@contact.example", "", ()),
    ("https://gitlab.example.org", "see the docs.", ()),
    ("https://аpple.com/", "", ("mixed",)),
    ("https://npmjs.cоm/", "", ("mixed",)),
    ("https://gіthub.com/login", "", ("mixed",)),
    ("https://xn--pple-43d.com/", "", ("mixed",)),
    ("https://αpple.com/", "", ("mixed",)),
    ("https://сосо.com/", "", ("lookalike",)),
    ("https://аррӏе.com/", "", ("lookalike",)),
    ("https://xn--80ak6aa92e.com/", "", ("lookalike",)),
    ("https://g1thub.com/", "", ()),
    ("https://goog1e.com/", "", ("lookalike",)),
    ("https://npmjs.corn/", "", ("lookalike",)),
    ("https://rnicrosoft.com/", "", ("lookalike",)),
    ("https://gıthub.com/", "", ("lookalike",)),
    ("https://pуpi.org/", "", ("mixed",)),
    ("http://93.184.216.34/", "", ("number",)),
    ("http://0x5db8d822/", "", ("number",)),
    ("http://1572395042/", "", ("number",)),
    ("http://[::ffff:93.184.216.34]/", "", ("number",)),
    ("http://0x7f.1/", "", ("number",)),
    ("https://npmjs.com@evil.example/", "", ("userinfo",)),
    ("https://npmjs.com:token@evil.example/", "", ("userinfo",)),
    ("https://npm\u200bjs.com/", "", ("hidden",)),
    ("https://example.org/\u202egpj.exe", "", ("hidden",)),
    ("https://exa\u00admple.org/", "", ("hidden",)),
    ("https://evil.example/login", "https://npmjs.com/login", ("elsewhere",)),
    ("https://evil.example/", "npmjs.com", ("elsewhere",)),
    ("https://npmjs.com.evil.example/", "www.npmjs.com", ("elsewhere",)),
    ("http://[broken", "", ()),
]


@pytest.mark.parametrize(("address", "said", "tricks"), LINKS)
def test_d12_links_that_pretend_are_told(address: str, said: str, tricks: tuple[str, ...]) -> None:
    assert deceiving.look(address, said).tricks == tricks


def test_d12_a_link_is_named_as_people_and_as_machines_read_it() -> None:
    found = deceiving.look("https://login.аpple.com/x")
    assert (found.host, found.punycode) == ("login.аpple.com", "login.xn--pple-43d.com")
    assert found.site == "аpple.com"
    assert deceiving.look("https://a.b.example.co.uk/").site == "example.co.uk"


@pytest.mark.parametrize(
    ("name", "address", "tricks"),
    [
        ("Casey Rivers", "casey@contact.example", ()),
        ("Ольга Иванова", "olga@contact.example", ()),
        ("山田 Taro", "taro@contact.example", ()),
        ("casey@contact.example", "casey@contact.example", ()),
        ("@casey", "casey", ()),
        ("Gіthub Support", "x@evil.example", ("mixed",)),
        ("support@npmjs.com", "x@evil.example", ("address",)),
        ("Np\u200bm", "x@evil.example", ("hidden",)),
    ],
)
def test_d12_names_that_pretend_are_told(name: str, address: str, tricks: tuple[str, ...]) -> None:
    assert deceiving.look_at_name(name, address) == tricks


def test_d12_links_of_html_are_read_whatever_surrounds_them() -> None:
    source = "<A class=x HREF='https://evil.example/'><b>npmjs.com</b></A> <a href=\"https://npmjs.com\">here</a>"
    assert [one.tricks for one in deceiving.links_of(source)] == [("elsewhere",), ()]
    assert deceiving.flags("Casey", "casey@contact.example", source) == ("deceiving_link",)
    assert len(deceiving.links_of("<a href='http://x.example'" * 50_000)) <= 200
