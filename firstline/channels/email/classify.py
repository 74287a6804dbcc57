"""What kind of mail it is: a person's, a delivery report, an automatic answer, a complaint; structure before words."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from firstline.channels.base import Bounce, Envelope, MessageKind
from firstline.channels.email import headers
from firstline.channels.email.headers import Headers
from firstline.channels.email.structure import Part

_MAX_SEARCHED = 60_000


@dataclass(frozen=True, slots=True)
class Kind:
    """The verdict with its reason ('' for a person's message). `list_or_bulk` forbids automatic answers (RFC 3834)."""

    kind: MessageKind
    reason: str = ""
    bounce: Bounce | None = None
    list_or_bulk: bool = False


def classify(root: Part, text: str, envelope: Envelope) -> Kind:
    """Complaint (RFC 5965), bounce (RFC 3464, or what servers send instead), automatic answer (RFC 3834), message."""
    fields = root.headers
    bulk = _is_list_or_bulk(fields) or _has_null_sender(fields, envelope)
    complaint = _complaint(root)
    if complaint:
        return Kind("complaint", complaint, list_or_bulk=True)
    answer = _automatic_answer(fields)
    reported = _report(root)
    if reported is not None:
        return Kind("bounce", "delivery report", reported, True)
    if not answer.startswith("auto-submitted: auto-replied") or _from_mailer(fields):
        reason = _bounce_without_report(root, text, envelope)
        if reason:
            return Kind("bounce", reason, _bounce_from_words(root, text), True)
    if answer:
        return Kind("auto_reply", answer, list_or_bulk=True)
    return Kind("message", list_or_bulk=bulk)


def _complaint(root: Part) -> str:
    for part in root.walk():
        if part.content_type == "message/feedback-report":
            return "feedback report"
    if root.parameters.get("report-type", "").lower() == "feedback-report":
        return "feedback report"
    if re.match(r"complaint about message from \d", root.headers.words("subject"), re.IGNORECASE):
        return "complaint about a message"
    return ""


def _is_list_or_bulk(fields: Headers) -> bool:
    if fields.first("precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    marks = ("list-id", "list-unsubscribe", "list-post", "x-auto-response-suppress", "feedback-id", "x-mailing-list")
    return any(fields.first(name) for name in marks)


def _automatic_answer(fields: Headers) -> str:
    submitted = re.sub(r"\([^)]*\)", "", fields.first("auto-submitted")).partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return f"auto-submitted: {submitted[:60]}"
    for name in (
        "x-autoreply",
        "x-autorespond",
        "x-autoresponse",
        "x-auto-reply-from",
        "x-vacation",
        "x-mail-autoreply",
    ):
        value = fields.first(name).strip().lower()
        if value and value not in ("no", "false", "0"):
            return name
    if fields.first("precedence").strip().lower() == "auto_reply":
        return "precedence: auto_reply"
    if fields.value_and_parameters("content-type")[1].get("report-type", "").lower() == "disposition-notification":
        return "disposition notification"
    if _ABSENT.match(fields.words("subject")):
        return "subject of an automatic answer"
    return ""


def _report(root: Part) -> Bounce | None:
    """The first failed (else the first) recipient of a delivery-status part, None when there is no such part."""
    found: Bounce | None = None
    for part in root.walk():
        if part.content_type not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        original = _original_message_id(root)
        for block in re.split(r"\n\s*\n", part.text()):
            bounce = _recipient_block(block, original)
            if bounce and (found is None or (bounce.permanent and not found.permanent)):
                found = bounce
        found = found or Bounce("", "", permanent=False, original_message_id=original)
    if found is not None and not found.recipient:
        found = dataclasses.replace(found, recipient=_failed_address(root, _returned_text(root)))
    return found


def _recipient_block(block: str, original: str) -> Bounce | None:
    fields = headers.split(block.encode("utf-8", "replace") + b"\n\n")[0]
    recipient = fields.first("final-recipient") or fields.first("original-recipient")
    action = fields.first("action").strip().lower()
    if not recipient and not action:
        return None
    status = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", fields.first("status") + " " + fields.first("diagnostic-code"))
    code = status[0] if status else ""
    recipient = headers.decode_words(recipient)
    address = _ADDRESS.search(recipient.partition(";")[2] or recipient) or _ADDRESS.search(
        fields.first("original-recipient")
    )
    stated = re.match(r"[45]", fields.first("status").strip())
    permanent = stated[0] == "5" if stated and action != "delayed" else action in ("failed", "") and code[:1] != "4"
    return Bounce(address[0] if address else "", code, permanent and not code.startswith("2"), original)


def _bounce_without_report(root: Part, text: str, envelope: Envelope) -> str:
    fields = root.headers
    if fields.first("x-failed-recipients"):
        return "x-failed-recipients"
    report = root.parameters.get("report-type", "").lower()
    if root.content_type == "multipart/report" and report in ("", "delivery-status"):
        return "multipart/report"
    if _NOTIFIED.search(text[:_MAX_SEARCHED]):
        return "a mail service's notification"
    null_sender = _has_null_sender(fields, envelope)
    mailer = _from_mailer(fields)
    words = bool(_SUBJECT.search(fields.words("subject")))
    if not (null_sender or mailer or words):
        return ""
    said = bool(_BODY.search(text[:_MAX_SEARCHED]))
    if mailer and (null_sender or words or said):
        return "mailer-daemon"
    if words and (null_sender or said):
        return "subject and body of a bounce" if said else "null sender"
    return "null sender" if null_sender and said else ""


def _has_null_sender(fields: Headers, envelope: Envelope) -> bool:
    return "<>" in fields.all("return-path")[:1] or (envelope.peer_ip != "" and envelope.mail_from == "")


def _from_mailer(fields: Headers) -> bool:
    return bool(_MAILER.search(headers.decode_words(fields.first("from"))))


def _bounce_from_words(root: Part, text: str) -> Bounce:
    """What can be read from a bounce in free text: the address beside the error, a status or reply code."""
    searched = text[:_MAX_SEARCHED] + "\n" + _returned_text(root)
    status = re.search(r"\b([45]\.\d{1,3}\.\d{1,3})\b", searched)
    reply = re.search(r"\b([45])\d\d[ -]", searched)
    code = status[1] if status else ""
    temporary = (
        code.startswith("4") or (not code and bool(reply and reply[1] == "4")) or bool(_DELAYED.search(searched[:3000]))
    )
    return Bounce(_failed_address(root, searched), code, not temporary, _original_message_id(root))


def _failed_address(root: Part, text: str) -> str:
    for value in (root.headers.first("x-failed-recipients"), root.headers.first("x-actual-recipient")):
        match = _ADDRESS.search(value)
        if match:
            return match[0]
    notified = _NOTIFIED.search(text[:_MAX_SEARCHED])
    if notified:
        return notified[1]
    own = {one.lower() for name in ("to", "from", "return-path") for one in _ADDRESS.findall(root.headers.first(name))}
    for match in _ADDRESS.finditer(text[:_MAX_SEARCHED]):
        before = text[max(match.start() - 30, 0) : match.start()].lower()
        if match[0].lower() not in own and not re.search(r"message-id:?\s*<?$|from:\s*\S*\s*<?$", before):
            return match[0]
    return _returned_to(root, own)


def _returned_to(root: Part, own: set[str]) -> str:
    """Whom the mail that came back was for, where the report names nobody."""
    for part in root.walk():
        if part.content_type in _RETURNED:
            fields = headers.split(part.data())[0]
            found = _ADDRESS.search(fields.first("x-original-to") or fields.first("to"))
            if found and found[0].lower() not in own:
                return found[0]
    return ""


def _returned_text(root: Part) -> str:
    shown = (part for part in root.walk() if part.content_type in ("text/plain", "text/html") and not part.is_multipart)
    return "\n".join(part.text()[:8000] for part in shown)[:_MAX_SEARCHED]


def _original_message_id(root: Part) -> str:
    """The Message-ID of our mail that came back, '' when it did not."""
    for part in root.walk():
        if part.content_type in _RETURNED:
            found = _MESSAGE_ID.search("\n" + part.text()[:_MAX_SEARCHED])
            if found:
                return found[1]
    for part in root.walk():
        if not part.is_multipart and part is not root:
            found = _MESSAGE_ID.search(part.text()[:_MAX_SEARCHED])
            if found:
                return found[1]
    found = _MESSAGE_ID.search(root.text()[:_MAX_SEARCHED]) if not root.is_multipart else None
    return found[1] if found else ""


_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_NOTIFIED = re.compile(r'notificationType\\?"\s*:\s*\\?"Bounce\b.{0,2000}?emailAddress\\?"\s*:\s*\\?"([^"\\]{3,320})')
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:@\"'=/]+@[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]")
_MESSAGE_ID = re.compile(r"\n[> \t]*Message-I[dD]:\s*(<[^<>\s]+>)", re.IGNORECASE)
_MAILER = re.compile(
    r"mailer[-_. ]?daemon|postmaster|mail[- ]?delivery|mdaemon|maildaemon|mail[- ]?admin|"
    r"delivery\s+(?:sub)?system|mailmaster|mail\s+administrator|system\s+administrator|double-bounce|^<>$|"
    r"no-reply@.*bounce",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|delivery\s+(?:status|fail|notif|problem|error|report|has\s+failed|delay)|returned\s+(?:mail|"
    r"message|to\s+sender)|failure\s+(?:notice|delivery)|failure\s+notif|mail\s+(?:delivery\s+)?(?:failure|"
    r"failed|error|system\s+error)|could\s+not\s+(?:be\s+delivered|send)|can(?:no|')t\s+(?:be\s+)?deliver|"
    r"not\s+delivered|non[- ]?(?:remis|delivery)|unzustellbar|nicht\s+zugestellt|rejected|user\s+unknown|"
    r"unknown\s+user|unable\s+to\s+deliver|message\s+(?:undelivered|blocked)|warning:\s+(?:message|"
    r"could\s+not)|mail\s+could\s+not|no\s+entregad|não\s+entregue|mancata\s+consegna|onbestelbaar|недоставлен|"
    r"не\s+доставлен|退信|配信(?:不能|エラー)|エラーメール|bounced?\s+(?:mail|message)|メールエラー|"
    r"failed\s+mail|邮件传输失败|退信通知|系统退信|投递失败|無法投遞|无法投递|배달\s?(?:실패|불가)|전송\s?실패|반송|"
    r"échec\s+(?:de\s+)?(?:la\s+)?(?:remise|livraison|distribution)|teslim\s+edilemedi|toimit(?:us|taminen)\s+epäonnistui|"
    r"nie\s+dostarczono|zwrot\s+wiadomości|nedoručiteln|kézbesíthetetlen|olevererbart|kunne\s+ikke\s+leveres|"
    r"inte\s+levereras|ej\s+levererat|falha\s+na\s+entrega|error\s+de\s+entrega|errore\s+di\s+consegna|"
    r"errors\s+from\s+\S+\[|nondeliverable|dsn:",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:could\s+not|couldn['’]t|cannot|can['’]t|unable\s+to|not)\s+(?:be\s+)?(?:deliver|sent|relay)|undeliver|"
    r"delivery\s+(?:to|has|of|fail)|permanent\s+(?:fatal\s+)?(?:error|failure)|user\s+unknown|unknown\s+user|"
    r"no\s+such\s+(?:user|recipient|mailbox|person)|mailbox\s+(?:full|unavailable|not\s+found|is\s+full|"
    r"does\s+not)|over\s+quota|quota\s+exceed|(?:returned|rejected)\s+(?:message|mail|by|your)|"
    r"\b5\d\d[ -]5\.\d\.\d|host\s+(?:unknown|not\s+found)|did\s+not\s+reach|failed\s+recipient|"
    r"recipient['’]?s?\s+(?:address|mailbox|rejected|unknown)|account\s+(?:is\s+)?(?:disabled|not)|"
    r"unzustellbar|does\s+not\s+exist|following\s+(?:recipients?|address(?:es)?)",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delay|still\s+being\s+(?:retried|attempted)|warning\s+message\s+only|will\s+(?:be\s+)?(?:retr|continue)",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"(?:re:\s*)?(?:auto(?:matic|matische|mated)?[- ]?(?:reply|response|antwort|svar|answer)|autoreply|auto:|"
    r"out\s+of\s+(?:the\s+)?office|away\s+from\s+(?:my\s+|the\s+)?(?:office|desk|mail)|on\s+vacation|"
    r"vacation\s+(?:reply|message|notice)|abwesenheit|abwesend|réponse\s+automatique|absence\s+du\s+bureau|"
    r"respuesta\s+automática|fuera\s+de\s+(?:la\s+)?oficina|resposta\s+automática|risposta\s+automatica|"
    r"fuori\s+ufficio|automatisch\s+antwoord|afwezig|autosvar|frånvaro|automatisk\s+svar|"
    r"automaattinen\s+vastaus|odpowiedź\s+automatyczna|automatyczna\s+odpowiedź|автоответ|"
    r"автоматический\s+ответ|автоматична\s+відповідь|自动(?:回复|答复)|自動(?:回覆|返信|応答)|不在(?:通知|"
    r"連絡)|자동\s?(?:회신|응답))",
    re.IGNORECASE,
)
