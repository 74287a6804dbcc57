"""Whether a text speaks of a death: nobody is asked afterwards how satisfied they are."""

import re

_MOST = 20_000
_LOSS = re.compile(
    r"\b(?:passed away|(?:has|have|had|who|he|she|they|father|mother|husband|wife|brother|sister|son|daughter|friend"
    r"|partner|colleague|maintainer|author|founder|owner|coworker|co-worker|boss|teacher) (?:of (?:this|the"
    r"|our|that|my) \w+ )?(?:just |recently "
    r"|suddenly |sadly "
    r"|has |have |had )*died\b|\b(?:he|she|father|mother|husband|wife|maintainer|owner|author"
    r"|friend) is (?:now )?dead\b"
    r"|\bfunerals?\b|\bbereave\w*|\bmourning\b|\bgrie(?:f|ving|ve)\b|\bmy late (?:father|mother|husband|wife"
    r"|brother|sister|son"
    r"|daughter|partner|friend|colleague)\b|\bthe late (?-i:[A-Z])\w+|\bdeceased\b|\bin memoriam\b|\brest in peace\b"
    r"|\b(?:lost|losing) (?:my|our|his|her|their) (?:father|mother|dad|mum|mom|husband|wife|brother|sister|son"
    r"|daughter|child"
    r"|baby|partner|friend|colleague|maintainer|grandmother|grandfather)\b|\bterminal(?:ly)? (?:ill|cancer)\b"
    r"|\bsuicide\b"
    r"|\bverstorben\w*|\bgestorben\b|\bbeerdigung\b|\btodesfall\b|\bdécéd\w+|\bdécès\b|\bobsèques\b"
    r"|\bfalleci\w+|\bfuneral\b"
    r"|\bfaleceu\b|\bè (?:morto|morta|deceduto|deceduta)\b|\boverleden\b|\buitvaart\b|\bzmarł\w*)"
    r"|\bскончал\w+|亡くな|去世|逝世|돌아가셨",
    re.IGNORECASE,
)


def speaks_of_loss(text: str) -> bool:
    """Whether somebody tells of a person who died or is dying; a process that died is none."""
    return bool(_LOSS.search(text[:_MOST]))
