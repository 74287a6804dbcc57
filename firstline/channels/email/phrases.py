"""The words by which mail programs say that a quote begins, in the languages we have seen."""

from __future__ import annotations

import re

_VERBS = (
    r"wrote|writes|said|a\s+[ée]crit|schrieb|schreibt|escribi[óo]|escreveu|schreef|(?:ha\s+)?scritto|skrev|"
    r"napisał(?:\(?a\)?)?|napisa(?:l|la)|pisze|kirjoitti|написал(?:\(?а\)?)?|писал(?:\(?а\)?)?|пишет|написав|написала|"
    r"пише|[写寫]道|[写寫]到|のメール|さんは書きました|yazdı|a\s+scris|írta|napsal(?:\(?a\)?)?|đã\s+viết|menulis|έγραψε|כתב|كتب|님이\s+작성"
)
_STARTS = (
    r"On|Le|Am|El|En|Em|Op|Il|Lo|Den|På|W\s+dniu|Dnia|Dne|Dňa|Pe|Vào|Pada|Στις|В|Во|От|Från|Fra|Von|在|于|於|Den|Ons|Man|"
    r"Tir|Tor|Fre|Lør|Søn|Lau|Ti|Ke|To|Pe|La|Su|Ma|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Do|Mo|Di|Mi|Fr|Sa|So|пн|вт|ср|чт|пт|сб|нд|вс|"
    r"mié|jue|vie|sáb|dom|lun|mar|mer|jeu|ven|sam|dim|seg|ter|qua|qui|sex|pon|wt|śr|czw|pt|sob|niedz"
)
_ADDRESS = r"[<\[(]?\s*(?:mailto:)?[^\s<>\[\]]+@[^\s<>\[\]]+\s*[>\])]?"
STARTS = re.compile(rf"(?:{_STARTS})\b", re.IGNORECASE)
DATED = re.compile(r"\d[:.]\d\d|\d{4}|[٠-٩]:[٠-٩]{2}")
ATTRIBUTION_START = re.compile(r"\d|@|<|Missatge de ")
LONG_ATTRIBUTIONS = [
    re.compile(rf"(?:{_STARTS})\b[\s.,:]?.{{0,120}}?\d.{{3,300}}?(?:{_VERBS})\s*[:：]?", re.IGNORECASE),
    re.compile(rf"(?:{_STARTS})\b.{{0,40}}?\d.{{3,100}}?\s(?:{_VERBS})\s.{{2,200}}[:：]", re.IGNORECASE),
    re.compile(rf"(?:在|于|於)\s?\d.{{3,300}}?(?:{_VERBS})\s*[:：]?"),
    re.compile(rf".{{0,120}}{_ADDRESS}\s+ezt\s+írta\s*\(.{{4,80}}\)\s*:"),
    re.compile(rf"Missatge\s+de\s.{{0,120}}{_ADDRESS}\s.{{0,30}}\d.{{2,80}}:"),
    re.compile(r"في\s.{4,80}تمت\s+كتابة\s+ما\s+يلي\s+بواسطة\s.{2,200}:"),
]
ATTRIBUTIONS = [
    *LONG_ATTRIBUTIONS,
    re.compile(rf".{{0,120}}{_ADDRESS}\s(?:ezt\s+)?(?:{_VERBS})\s*\(.{{4,80}}\)\s*[:：]", re.IGNORECASE),
    re.compile(rf".{{0,120}}{_ADDRESS}\s*[于於]?\s*\d.{{0,60}}?(?:[写寫]道|[写寫]到)\s*[:：]?"),
    re.compile(rf".{{0,120}}{_ADDRESS}.{{0,60}}?\s(?:{_VERBS})\s*[:：]?", re.IGNORECASE),
    re.compile(rf"\d.{{6,200}}?(?:\d{{4}}|\d[:.]\d\d).{{0,120}}\s(?:{_VERBS})\s*[:：]", re.IGNORECASE),
    re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s+\d{1,2}:\d{2}\s+GMT[+-]\d{1,2}:\d{2}\s.{2,200}"),
    re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\s,].{0,200}<\s*[^<>@]+@[^<>]+>\s*[:：]?"),
    re.compile(r"(?=.*\d[:.]\d\d)(?=.*\d{4}|.*\d{1,2}[./]\d{1,2}[./]\d\d).{8,200}<\s*[^<>@]+@[^<>]+>.{0,40}[:：]"),
]
QUOTE = re.compile(r"\A(?:\s*>)+ ?")
SENT_FROM = re.compile(
    r"(?:sent (?:from|via|with) |get outlook for|von meinem .{2,40} gesendet|gesendet (?:von|mit) |"
    r"envoyé (?:de|depuis) |enviado (?:desde|do|de) (?:mi|meu) |inviato da|verzonden (?:vanaf|met|via) |"
    r"skickat från min|sendt fra min|"
    r"wysłane z|отправлено (?:с|из) |надіслано з|lähetetty |发自我的|iphoneから送信)[^\n,]{0,80}(?<!\.)$",
    re.IGNORECASE,
)
DELIMITER = re.compile(
    r"[-_—–=*\s]*(?:original\s*(?:message|appointment|nachricht|besked|mail|meddelelse|meddelande|bericht)|"
    r"ursprüngliche\s+(?:nachricht|mail)|"
    r"mensaje\s+original|message\s+(?:d['’]origine|original|transféré)|messaggio\s+(?:originale|inoltrato)|"
    r"mensagem\s+(?:original|encaminhada)|oorspronkelijk\s+bericht|ursprungligt\s+meddelande|opprinnelig\s+melding|"
    r"oprindelig\s+(?:meddelelse|besked)|(?:oryginalna\s+wiadomość|wiadomość\s+oryginalna|oryginalny\s+e-?mail)|"
    r"(?:исходное|пересылаемое|пересланное|оригинальное)\s+(?:сообщение|письмо)|"
    r"(?:оригінальне|переслане|перенаправлене)\s+повідомлення|"
    r"原始(?:邮件|郵件|信件)|元のメッセージ|转发(?:邮件|的郵件)|轉寄|転送|forwarded\s+(?:message|by|mail)|weitergeleitete\s+nachricht|"
    r"mensaje\s+reenviado|doorgestuurd\s+bericht|vidarebefordra[dt]\w*|videresendt\s+\w+|wiadomość\s+przekazana|"
    r"przekazana\s+wiadomość|alkuperäinen\s+viesti|välitetty\s+viesti|orijinal\s+(?:ileti|mesaj)|iletilen\s+(?:ileti|mesaj)|"
    r"původní\s+(?:zpráva|e-?mail)|přeposlan\w+\s+zpráva|eredeti\s+üzenet|továbbított\s+(?:üzenet|levél)|mesajul\s+original)"
    r"[^\n]{0,60}",
    re.IGNORECASE,
)
BEGIN_FORWARDED = re.compile(
    r"(?:begin\s+forwarded\s+message|anfang\s+der\s+weitergeleiteten\s+(?:nachricht|e-?mail)|"
    r"début\s+du\s+message\s+\w+|inizio\s+(?:del\s+)?messaggio\s+inoltrato|inicio\s+del\s+mensaje\s+reenviado|"
    r"início\s+da\s+mensagem\s+\w+|begin\s+doorgestuurd\s+bericht|vidarebefordrat\s+(?:brev|mejl)|"
    r"start\s+på\s+videresendt\s+\w+|videresendt\s+melding|начало\s+(?:переадресованного|пересылаемого)\s+сообщения|"
    r"початок\s+(?:переадресованого|пересланого)\s+\w+|下面是被转发的邮件|以下は転送|転送されたメッセージ|"
    r"yönlendirilen\s+(?:ileti|mesaj)\s+başlangıcı|välitetty\s+viesti\s+alkaa|začátek\s+přeposlané\s+zprávy|"
    r"początek\s+przekazywanej\s+wiadomości)\s*[:：]?\s*",
    re.IGNORECASE,
)
FROM_LABEL = re.compile(
    r"\*?(?:"
    r"From|Von|De|Da|Van|Från|Fra|Od|От|От кого|Від|Від кого|发件人|寄件者|寄件人|差出人|보낸\s?사람|"
    r"Kimden|Gönderen|Lähettäjä|Feladó|Mittente|Expéditeur|Afzender|De la|Odesílatel|Avsender|Afsender"
    r")\s?\*?\s?[:：]\*?\s?\S",
    re.IGNORECASE,
)
OTHER_LABEL = re.compile(
    r"\*?(?:"
    r"Sent|Date|To|Cc|Subject|Reply[- ]To|Gesendet(?: am)?|Datum|An|Betreff|Antwort an|Envoyé(?: le)?|À|"
    r"Objet|Sujet|Copie à|Répondre à|Enviad[oa](?: el| em)?|Fecha|Para|Asunto|Data|Inviato|A|Oggetto|"
    r"Risposta|Rispondi a|Assunto|Responder a|Verzonden|Aan|Onderwerp|Antwoord aan|Skickat|Till|Ämne|Kopia|"
    r"Sendt|Dato|Til|Emne|Kopi|Svar til|Wysłan[oey]|Do|Dw|Temat|Odpowiedz do|Отправлено|Дата|Кому|Копия|"
    r"Тема|Надіслано|Копія|Відповісти|发送时间|日期|收件人|抄送|主题|主旨|寄件日期|收件者|送信日時|日時|"
    r"日付|宛先|件名|보낸\s?날짜|받는\s?사람|제목|Gönderildi|Gönderme Tarihi|Tarih|Kime|Konu|Lähetetty|"
    r"Päivämäärä|Vastaanottaja|Aihe|Odesláno|Komu|Předmět|Kopie|Küldve|Dátum|Címzett|Tárgy|Trimis|Către|"
    r"Subiect|Importance|Attachments|Message du|Message from|Nachricht vom|Received|Reply|Size"
    r")\s?\*?\s?[:：]",
    re.IGNORECASE,
)
