"""Mails by which services make sure of an address: whether to forward here, and sign-up codes (S-07)."""

from __future__ import annotations

import re

from firstline.channels.base import ForwardVerification
from firstline.channels.email.headers import Headers

_MAX_SEARCHED = 8_000
_FORWARDING = (
    ("Gmail", re.compile(r"(?i)^forwarding-noreply@google\.com$")),
    ("Fastmail", re.compile(r"(?i)@(?:[\w.-]+\.)?fastmail\.com$")),
    ("Zoho Mail", re.compile(r"(?i)@(?:[\w.-]+\.)?zoho(?:corp)?\.(?:com|eu|in)$")),
    ("Yandex Mail", re.compile(r"(?i)@(?:[\w.-]+\.)?yandex\.(?:com|ru|net)$")),
    ("Proton Mail", re.compile(r"(?i)@(?:[\w.-]+\.)?proton(?:mail)?\.(?:me|com|ch)$")),
    ("Yahoo Mail", re.compile(r"(?i)@(?:[\w.-]+\.)?yahoo(?:-inc)?\.com$")),
    ("GMX", re.compile(r"(?i)@(?:[\w.-]+\.)?(?:gmx|web)\.(?:net|de|com)$")),
    ("Mail.ru", re.compile(r"(?i)@(?:[\w.-]+\.)?mail\.ru$")),
    ("iCloud Mail", re.compile(r"(?i)@(?:[\w.-]+\.)?(?:apple|icloud)\.com$")),
)
_FORWARD_WORDS = re.compile(
    r"(?i)forward(?:ing)?|weiterleitung|weiterzuleiten|transfert|transférer|reenv[ií]|encaminha|inoltr|doorstur|"
    r"vidarebefordr|videresend|przekazywani|przekierow|пересыл|переадрес|転送|转发|轉寄|전달|yönlendirme"
)
_CONFIRM_WORDS = re.compile(
    r"(?i)confirm|verif|bestätig|confirmer|vérifi|conferma|potwierd|подтвер|підтвер|bevestig|bekräft|"
    r"bekræft|onayla|確認|确认|確認|확인"
)
_CODE_NEAR = re.compile(
    r"(?i)(?:code|kod|código|codice|koodi|код|コード|代码|代碼|코드)\D{0,40}?\b((?:\d[ -]?){5,10}\d|"
    r"[A-Z0-9]{3,4}-[A-Z0-9]{3,4})\b"
)
_LINK = re.compile(r"https://[^\s<>\"')\]]{8,1000}")
_CONFIRM_LINK = re.compile(r"(?i)confirm|verif|valid|activate|/vf-|approve|token=|accept")
_NOBODY = re.compile(
    r"(?i)^(?:no-?_?reply|do-?not-?reply|donotreply|noreply[\w.+-]*|notifications?|security|auth|verify|verification|"
    r"invitations?|login|signup)\b"
)
_SIGN_UP = re.compile(
    r"(?i)(?:confirmation|verification|security|sign[- ]?in|log[- ]?in|one[- ]time|access|activation)\s+code|\bOTP\b|"
    r"(?:confirm|verify|validate)\s+(?:your|this)\s+(?:new\s+)?(?:e-?mail|account|address|sign|identity|login)|"
    r"(?:reset|recover|change)\s+(?:your\s+|the\s+)?password|password\s+reset|magic\s+link|sign\s+in\s+to\s+|"
    r"invited\s+you\s+to|you(?:'ve|’ve|\s+have)\s+been\s+invited|activate\s+your\s+account|"
    r"complete\s+your\s+(?:sign|regist)|"
    r"bestätigungscode|bestätigen\s+sie\s+ihre|passwort\s+zurücksetzen|code\s+de\s+(?:vérification|confirmation)|"
    r"réinitialis\w+\s+(?:de\s+)?(?:votre\s+)?mot\s+de\s+passe|código\s+de\s+(?:verificación|"
    r"verificação|confirma\w+)|"
    r"restablecer\s+(?:tu\s+|la\s+)?contraseña|codice\s+di\s+(?:verifica|conferma)|"
    r"код\s+подтверждения|確認コード|認証コード|验证码|驗證碼|인증\s?(?:번호|코드)"
)


def forward_verification(sender: str, subject: str, text: str) -> ForwardVerification | None:
    """The code and the link of a mail service that asks to forward to this inbox; None for any other mail."""
    provider = next((name for name, address in _FORWARDING if address.search(sender)), "")
    searched = f"{subject}\n{text[:_MAX_SEARCHED]}"
    if not provider or not _FORWARD_WORDS.search(searched) or not _CONFIRM_WORDS.search(searched):
        return None
    code = _CODE_NEAR.search(searched) or re.search(r"\(#(\d{6,12})\)", subject)
    links = _LINK.findall(searched)
    link = next((one for one in links if _CONFIRM_LINK.search(one)), "")
    if not code and not link:
        return None
    return ForwardVerification(provider, code[1].strip() if code else "", link.rstrip(".,"))


def is_sign_up(fields: Headers, sender: str, subject: str, text: str) -> bool:
    """Whether it is a service's code, invitation or password link, which no requester may ever see (S-07): written by
    nobody in particular, with the words of such mails in its subject, or in its text beside a code or a link.
    """
    robot = bool(_NOBODY.search(sender)) or bool(fields.first("feedback-id") or fields.first("auto-submitted"))
    if not robot:
        return False
    searched = text[:_MAX_SEARCHED]
    proof = _CODE_NEAR.search(f"{subject}\n{searched}") or any(map(_CONFIRM_LINK.search, _LINK.findall(searched)))
    return bool(_SIGN_UP.search(subject)) or bool(proof and _SIGN_UP.search(searched))
