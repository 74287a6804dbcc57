import io
import zipfile

from firstline.evidence.scan_bytes import LARGEST_TEXT, mask_attachment

TOKEN = "npm_" + "aB3dE6gH9j" * 3 + "kL2mN4"


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def test_a_text_attachment_is_masked_whatever_its_declared_type() -> None:
    for name, kind in (
        (".npmrc", "application/octet-stream"),
        ("a.log", ""),
        ("x", "text/plain; charset=utf-8"),
        ("x", ""),
    ):
        result = mask_attachment(name, kind, f"//r/:_authToken={TOKEN}\n".encode())
        assert result.is_masked
        assert TOKEN.encode() not in result.data
        assert [one.kind for one in result.secrets] == ["npm_token"]


def test_text_without_secrets_stays_as_it_is_byte_for_byte() -> None:
    data = b"na\xefve \x80 ok\r\n"
    assert mask_attachment("a.txt", "text/plain", data).data == data


def test_encodings_other_than_utf8_are_read_and_kept() -> None:
    data = f"token {TOKEN} é".encode("utf-16")
    result = mask_attachment("debug.log", "text/plain", data)
    assert TOKEN not in result.data.decode("utf-16")
    assert "é" in result.data.decode("utf-16")
    broken = mask_attachment("debug.log", "text/plain", f"é {TOKEN}".encode("latin-1"))
    assert broken.data.decode("utf-8").startswith("é npm_•")


def test_a_secret_in_an_archive_seals_the_archive() -> None:
    data = zipped("logs/.npmrc", f"_authToken={TOKEN}".encode())
    result = mask_attachment("logs.zip", "application/zip", data)
    assert result.must_seal
    assert not result.is_masked
    assert result.data == data
    assert not mask_attachment("logs.zip", "application/zip", zipped("a.txt", b"hello")).must_seal


def test_what_cannot_be_read_is_said_to_be_unscanned() -> None:
    bomb = zipped("big.txt", b"a" * (LARGEST_TEXT + 1))
    assert mask_attachment("x.zip", "application/zip", bomb).unscanned
    assert mask_attachment("x.zip", "application/zip", b"PK\x03\x04 broken").unscanned
    assert mask_attachment("x.txt", "text/plain", b"a" * (LARGEST_TEXT + 1)).unscanned


def test_pictures_are_left_alone() -> None:
    data = b"\x89PNG\r\n\x1a\n" + TOKEN.encode()
    result = mask_attachment("a.png", "image/png", data)
    assert result.data == data
    assert result.secrets == ()
