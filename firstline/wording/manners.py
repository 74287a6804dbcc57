"""How a draft speaks to the person: blame, belittling words, missing acknowledgement, length."""

import re

from firstline.wording.words import sentences, without_code, words

_BLAME = re.compile(
    r"\byou should(?:'ve| have)(?! (?:received|got|gotten|seen|a|an|the|access|been|just|now|already|it|one"
    r"|two|no|your|full|everything|all)\b)|\byou should(?:'ve| have) (?:read|known|seen the (?:docs"
    r"|documentation|notice|mail)|checked|been (?:more )?careful|thought|noticed|just)"
    r"|\byou (?:failed|forgot|neglected|ignored|refused|messed|screwed|broke|caused|never bothered"
    r"|didn't bother|did not bother|didn't (?:even )?(?:read|follow|listen|check|look)"
    r"|did not (?:even )?(?:read|follow|listen|check|look)|must have (?:\w+ed|done|made|broken|misread"
    r"|forgotten|lost|set|run|written|given|put|left|gone)|clearly|obviously|apparently (?:don't|didn't|do not"
    r"|did not)|keep (?:doing|making|ignoring)|were (?:too|careless)|need to learn|don't understand"
    r"|do not understand|misread|are (?:wrong|mistaken|doing it wrong|confused))"
    r"|\byour (?:own )?(?:fault|mistake|error in judgement|carelessness|negligence|own doing"
    r"|misunderstanding)\b|\buser error\b|\bas (?:i|we)(?:'ve| have)? (?:already )?(?:said|told you|explained"
    r"|mentioned|stated|wrote)\b"
    r"|\b(?:i|we)(?:'ve| have)? already (?:told|explained|said)\b|\bif you had (?:read|only|bothered|followed"
    r"|checked|done|paid)\b|\bhad you (?:read|followed|checked|bothered)\b|\bwhy (?:didn't|did|don't"
    r"|would) you (?:not |even |ever )?(?:read|check|follow|do that|think|ignore|publish|share|commit|run"
    r"|delete)"
    r"|\b(?:nobody|no one) else (?:(?:has|had|is having) (?:this|that|the|an?|any|such|ever|reported)|reported"
    r"|complain\w*)"
    r"|\bworks (?:fine )?for everyone(?: else)?|\bcommon sense\b|\bany (?:competent|experienced"
    r"|real) developer|\bread the (?:manual|docs|documentation|f\w+ manual) (?:first|before|next time)"
    r"|\brtfm\b|\bnext time,? (?:please )?(?:read|check|be (?:more )?careful|think)|\bnot (?:our|my) (?:fault"
    r"|problem)\b|\bbecause (?:of )?you (?:didn't|did not|forgot|failed|broke|ignored)|\bhow (?:did"
    r"|could) you (?:not|miss|even)|\bit is (?:clearly|obviously) (?:stated|written|documented)"
    r"|\bpay (?:more )?attention\b|\bcareless|\bthat's on you\b|\byour inability\b"
    r"|\bas (?:is )?clearly (?:stated|written|explained|documented)",
    re.IGNORECASE,
)
_BELITTLING = re.compile(
    r"\b(?:obviously|of course you|simply|just (?:run|do|use|set|add|delete|read|click|need)|actually|clearly"
    r"|as everyone knows|trivial|easy enough|basic(?:ally)?)\b",
    re.IGNORECASE,
)
_UPSET = re.compile(
    r"\b(?:frustrat\w+|angry|annoy\w+|unacceptable|ridiculous|disappoint\w+|terrible|awful|worst"
    r"|waste\w* (?:of|my|hours|days)|fed up|sick of|still (?:no|not|broken|waiting)|nobody (?:answers|replies)"
    r"|third time|for (?:days|weeks|months)|outage|is down|production is|losing (?:money|customers)|urgent\w*"
    r"|furious|joke)\b|!{2,}",
    re.IGNORECASE,
)
_ACKNOWLEDGED = re.compile(
    r"\b(?:sorry|apolog\w+|understand|i see (?:how|why)|that(?:'s| is) (?:frustrating|annoying|rough|not ok"
    r"|no fun|a bad)|thank(?:s| you) for (?:telling|reporting|your patience|bearing|waiting|the report"
    r"|flagging|letting)|you(?:'re| are) right|must be|hear you|i can imagine|shouldn't have|should not have"
    r"|frustrating)\b",
    re.IGNORECASE,
)
_LONG = 200
_SHORT = 15


def blame(draft: str) -> list[str]:
    """Words that put the fault on the person who wrote."""
    return [match.group() for match in _BLAME.finditer(without_code(draft))]


def belittling(draft: str) -> list[str]:
    """Words that make a person feel small for having asked."""
    return [match.group() for match in _BELITTLING.finditer(without_code(draft))]


def unacknowledged(incoming: str, draft: str) -> list[str]:
    """What the person is upset about, when the draft does not say that it heard them."""
    upset = _UPSET.search(incoming)
    return [upset.group()] if upset and not _ACKNOWLEDGED.search(draft) else []


def length(incoming: str, draft: str) -> list[str]:
    """A wall of text without steps, or a few words on a complaint."""
    count = len(words(draft))
    has_steps = (
        bool(re.search(r"^\s*(?:\d+[.)]|[-*•])\s|```", draft, re.MULTILINE)) or len(draft.strip().splitlines()) > 6
    )
    if count > _LONG and not has_steps:
        return [sentences(draft)[0]]
    return [draft.strip()] if count < _SHORT and _UPSET.search(incoming) else []
