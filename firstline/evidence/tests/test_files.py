import io
import zipfile

from firstline.evidence import catalogue
from firstline.evidence.diagnose import diagnose
from firstline.evidence.files import FILE_HEAD, FILE_TAIL, File, from_files

TOKEN = "npm_" + "aB3dE6gH9j" * 3 + "kL2mN4"
LOG = b"0 verbose cli /usr/bin/node /usr/bin/npm\n1 info using npm@10.8.2\n105 error code EINTEGRITY\n"


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def test_a_debug_log_is_read_and_diagnosed() -> None:
    read = from_files([File("2026-11-24T08_12_44_102Z-debug-0.log", "application/octet-stream", LOG)])
    result = diagnose(read.text, catalogue.load())
    assert (result.signature, result.facts["npm"]) == ("npm-integrity", "10.8.2")


def test_the_text_files_of_an_archive_are_read_and_logs_come_first() -> None:
    data = zipped(notes__txt=b"hello", debug__log=LOG, picture__png=b"\x89PNG\r\n\x1a\n\0")
    read = from_files([File("logs.zip", "application/zip", data)])
    assert [name for name, _ in read.texts] == ["logs.zip/debug.log", "logs.zip/notes.txt"]
    assert read.unread == ()
    assert read.text.endswith("EINTEGRITY\n")


def test_secrets_are_masked_before_anything_is_handed_on() -> None:
    read = from_files([File(".npmrc", "", f"//r.example/:_authToken={TOKEN}\n".encode())])
    assert TOKEN not in read.text
    assert "npm_••••" in read.text


def test_lockfiles_and_pictures_are_not_logs() -> None:
    files = [File("package-lock.json", "application/json", b"{}"), File("a.png", "image/png", b"\x89PNG\0")]
    assert from_files(files).texts == ()


def test_bombs_archives_in_archives_and_damage_are_named_not_opened() -> None:
    bomb = zipped(big__txt=b"a" * 6_000_000)
    nested = zipped(inner__zip=zipped(debug__log=LOG))
    files = [File("bomb.zip", "", bomb), File("nested.zip", "", nested), File("x.zip", "", b"PK\x03\x04 broken")]
    read = from_files(files)
    assert read.texts == ()
    assert read.unread == ("bomb.zip/big.txt", "nested.zip/inner.zip", "x.zip")


def test_a_long_log_keeps_its_head_and_its_tail() -> None:
    middle = b"7 http fetch GET 200 https://registry.example.org/x 3ms\n" * 5000
    read = from_files([File("a.log", "text/plain", LOG + middle + b"9 error code ENOSPC\n")])
    assert "using npm@10.8.2" in read.text
    assert read.text.endswith("ENOSPC\n")
    assert len(read.text) <= FILE_HEAD + FILE_TAIL + 1
