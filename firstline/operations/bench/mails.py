"""Made-up mails, as bytes."""

from collections.abc import Iterator

from firstline.operations.bench.words import Words

SIZE = 4096


def mails(count: int, *, to: str, tag: str, replies_to: str = "", size: int = SIZE) -> Iterator[bytes]:
    """`count` different mails of about `size` bytes from as many senders; `tag` makes their Message-IDs new.

    With `replies_to`, a Message-ID, every second mail answers that message.
    """
    words = Words(11)
    bodies = words.texts(count, mean_words=size // 6)
    for i, body in enumerate(bodies):
        lines = [
            "Received: from mail.sender.example by mx.desk.example; Tue, 24 Nov 2026 10:00:00 +0000",
            f"From: Sender {i} <sender{i}@{tag}.example>",
            f"To: <{to}>",
            f"Subject: {body[:50]}",
            f"Message-ID: <{tag}.{i}@sender.example>",
            "Date: Tue, 24 Nov 2026 10:00:00 +0000",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            *([f"In-Reply-To: {replies_to}", f"References: {replies_to}"] if replies_to and i % 2 else []),
            "",
            *_wrapped((body + " ") * 3, size - 400),
            "",
        ]
        yield "\r\n".join(lines).encode()


def _wrapped(text: str, size: int) -> Iterator[str]:
    text = text[:size]
    for start in range(0, len(text), 72):
        yield text[start : start + 72]
