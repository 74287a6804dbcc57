"""Praise told from complaint, sarcasm and mere courtesy. Precision before recall: what goes up on the wall is meant.

Signs of praise add up: thanks, how strongly they are meant, what was done, whom they praise, that it works now. One
sign alone is politeness ("thanks", "great"), and any sign of a complaint, a question or something still to come is
no praise at all. The words are English; of other languages the strong thanks and "it works" alone are known.
"""

import re

from firstline.wording.words import sentences

_MOST = 4000
"""Characters that are read: praise is short."""
_CLOSING = re.compile(
    r"(?:\n|^)[ \t]*(?:(?:many |best |kind |warm |with )*(?:thanks|thank you|thx|regards|cheers|greetings|wishes|best)"
    r"[ ,.!&+]*(?:and[ ]+)?){1,4}(?:\n[^\n]{0,40}){0,2}\s*$",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\b(?:thanks?(?: you)?|thx|tia|cheers|appreciated?|grateful|danke|merci|gracias)[ ,]*(?:so much "
    r"|very much |a lot )?"
    r"(?:in advance|im voraus|d[’']avance|de antemano|ahead|for (?:reading|looking|any))"
    r"|\b(?:first of all|hello|hi|hi team|hi all),? (?:many )?(?:thank you|thanks) for (?:all )?(?:the"
    r"|your) [^.!?\n]{0,60}|\b(?:thankful|grateful) for any\b|\bmany thanks in anticipation\b"
    r"|\bany help (?:would be|is|will be)?\s*(?:much |greatly |really )?appreciated"
    r"|\bwould (?:be|really|much|greatly) (?:appreciate|grateful|love|be great|be awesome|be amazing|be nice"
    r"|be fantastic)"
    r"|\bappreciate (?:it|that)? ?if\b|\bwould appreciate|\bi(?:'d| would) (?:love|appreciate|be (?:\w+ )?grateful)"
    r"|\b(?:it would|that would|would) be (?:\w+ )?(?:great|awesome|amazing|nice|wonderful|fantastic"
    r"|appreciated|helpful)"
    r"|\bno,? thank(?:s| you)|\bthank(?:s| you) for (?:contacting|your (?:understanding|patience|order|interest|inquiry"
    r"|enquiry|message|e?-?mail|request|feedback|submission|purchase|application|reply|answer|response|offer"
    r"|concern|time|prompt attention|great product|(?:quick|fast|prompt) (?:reply|answer|response))|using"
    r"|choosing|reaching|writing|signing|registering|waiting|calling|confirming|getting back|the (?:info\w*"
    r"|reply|answer"
    r"|response|offer|update|link|clarification|heads.?up|reminder|notice))\b"
    r"|\bappreciate (?:that (?:you|this|it|your)|your (?:patience|understanding))"
    r"|\bthank(?:s| you) to (?!(?:you|everyone|everybody|all|whoever|@|the (?:\w+ )?(?:team|person|people"
    r"|folks|support)"
    r"|(?-i:[A-Z])))",
    re.IGNORECASE,
)
_FOR_HELP = re.compile(
    r"\bthank(?:s| you)[ ,]*(?:so much |very much |a lot )?for (?:your|any|the) (?:time|help|support|attention"
    r"|assistance"
    r"|reply|answer|consideration|understanding)[.! ]*$",
    re.IGNORECASE,
)
_SIGNS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (  # thanks, and nothing more
        1,
        re.compile(
            r"\b(?:thank(?:s| you|ful)|thx|tysm|cheers|appreciate[ds]?|grateful|obliged|merci|danke|gracias|grazie"
            r"|obrigad[oa]|tack|bedankt)\b",
            re.IGNORECASE,
        ),
    ),
    (  # thanks that are meant
        2,
        re.compile(
            r"\bthank(?:s| you)[ ,]*(?:so (?:very )?much|very much|a (?:lot|million|ton|bunch)|again|all"
            r"|everyone)\b|\b(?:my hero|owe you|we owe|thanks!{2,})"
            r"|\b(?:huge|big|massive|special|sincere|heartfelt|enormous|million|1000) thanks\b"
            r"|\b(?:many|lots of) thanks (?:to|for)\b|\btysm\b|\bthank you!{2,}|\bthank you,? thank you"
            r"|\b(?:can(?:not|'t) thank|thank) you (?:folks |all )?enough|\b(?:really|truly|very|so|most"
            r"|deeply) (?:grateful"
            r"|thankful|obliged|appreciated?)|\bmuch (?:appreciated|obliged)|\bhow much i appreciate"
            r"|\bappreciate (?:the|you|how|everything|all|your (?:help|work|support))\b"
            r"|[❤♥💚💙🙏👏🎉🏆🥰😍]",
            re.IGNORECASE,
        ),
    ),
    (  # thanks for something done, or to somebody
        2,
        re.compile(
            r"\bthank(?:s| you)(?: so much| very much| a lot| again)?,? (?:for (?:the (?:help|fix|support"
            r"|great|quick|fast"
            r"|prompt|patient|kind|detailed|clear|incredibl\w+|amazingly|super|very|excellent|amazing"
            r"|workaround|explanation|update and)|your (?:help|support"
            r"|work|time and|patience with|quick|fast|prompt|kind|great|detailed)|all (?:the|your|you)|being"
            r"|having|helping"
            r"|fixing|getting (?!back)|taking (?:the time|care)|such|always|explaining|sorting|solving"
            r"|answering so|going"
            r"|making (?:this|it|that|my|our)|this (?:great|awesome)|staying|unlocking|restoring|everything"
            r"|telling|building"
            r"|writing (?:this|the|that)|walking|caring|not (?:making|giving|letting)|letting me know that it"
            r"|adding|recovering|finding|shipping)|to (?:you|everyone|everybody|all|whoever|@\w+"
            r"|the (?:\w+ )?(?:team|person|people"
            r"|folks|support)|(?-i:[A-Z])))",
            re.IGNORECASE,
        ),
    ),
    (  # praise of people, or of what they did to somebody's day
        2,
        re.compile(
            r"\b(?:kudos|props|hats off|shout[- ]?outs?) to\b|\bkudos\b|\bchapeau\b|\bwell done\b|\bkeep it up\b"
            r"|\b(?:best|nicest|kindest|greatest|finest) (?:\w+ ){0,2}(?:support|service|help|team|docs|reply|answer"
            r"|interaction|experience)\b|\b(?:great|amazing|awesome|excellent|fantastic|outstanding|incredible|stellar"
            r"|superb|wonderful|lovely|brilliant|10/10|top) (?:\w+ )?(?:support|service|help|team|work|job|explanation"
            r"|people)\b|\byou(?:'re| are| all are| guys are| folks are| people are| guys| folks"
            r"| people)? (?:\w+ )?(?:the best"
            r"|rock|awesome|amazing|great|incredible|wonderful|brilliant|a? ?legends?|a? ?hero(?:es)?|stars?|a star)\b"
            r"|\b(?:support|service|team|help|docs|help centre|article|button|search|reply"
            r"|answer)\b[^.!?\n]{0,25}\b(?:is|are|was"
            r"|were) (?:\w+ )?(?:amazing|awesome|great|excellent|fantastic|brilliant|wonderful|outstanding|incredible"
            r"|a joy|so helpful|super helpful)\b|\bdeserves? (?:a|some) (?:raise|medal|praise|beer|cake|award)"
            r"|\babove and beyond\b|\bspot on\b|\bmy hero\b|\bshout[- ]?out (?:to|for)\b|\bhands down\b"
            r"|\bimpressive (?:turnaround|work|service|support)\b|\bsuper support\b|\bfriendly people\b"
            r"|\bunderstood my problem\b|\bi learned more from (?:you|your|this)\b|\bi love how (?:quick|fast"
            r"|kind|friendly|patient|helpful|easy)\w*"
            r"|\b(?:impressed|delighted)\b|\bso (?:very )?(?:helpful|kind|quick|fast|patient|friendly)\b",
            re.IGNORECASE,
        ),
    ),
    (  # saved somebody's day: praise by itself
        3,
        re.compile(
            r"\b(?:made my (?:day|week|morning|evening|year)|(?:best|nicest|kindest) (?:customer )?(?:support"
            r"|service)\b|(?:shout[- ]?out|props) to\b|perfect,? thank(?:s| you)\b"
            r"|faith in (?:\w+ )?(?:support|humanity|you) (?:is )?restored|had support this good"
            r"|life[- ]?saver|saved (?:me|us|my|our|the day)"
            r"|can(?:not|'t) thank you|you(?:'re| are)(?: all)? (?:legends|heroes|the best)|you rock)\b",
            re.IGNORECASE,
        ),
    ),
    (  # the same in other languages
        3,
        re.compile(
            r"\b(?:vielen|lieben|herzlichen|besten|tausend)(?: lieben| herzlichen)? dank|\bdanke (?:sehr|schön"
            r"|euch|dir|ihnen)"
            r"|\bmerci (?:beaucoup|infiniment|mille|à)|\b(?:muchas|mil|muchísimas) gracias|\bgrazie mille"
            r"|\bmuito obrigad"
            r"|\bobrigad[oa]\b|\btack så mycket|\b(?:hartelijk|heel erg) (?:dank|bedankt)|\bdziękuję bardzo"
            r"|большое спасибо|спасибо большое|ありがとうござい|助かりました|非常感谢|太感谢|감사합니다",
            re.IGNORECASE,
        ),
    ),
    (  # warm words
        1,
        re.compile(
            r"\b(?:awesome|amazing|fantastic|brilliant|wonderful|excellent|superb|stellar|outstanding"
            r"|incredible|perfect(?:ly)?"
            r"|lovely|great|super|wow|bravo|love|loved|impressed|nice(?:st|ly)?|quick(?:ly)?|fast(?:er)?|kind(?:est)?"
            r"|friendly|patient(?:ly)?|helpful|brightened|happy|joy)\b|10/10|5 stars|five stars",
            re.IGNORECASE,
        ),
    ),
    (  # it works now
        2,
        re.compile(
            r"\b(?:works? (?:now|perfectly|great|like a charm|again|for (?:us|me)|on the first)|worked (?:like"
            r"|perfectly|on the"
            r"|great|for)|that (?:did|fixed|solved|was|explained) (?:it|the trick|exactly)|did the trick"
            r"|(?:problem |issue )?"
            r"solved|fixed(?: it)?[.!,]|all (?:good|fine|working|set|green)(?: now)?|is back\b|up and running"
            r"|(?:was|were) exactly (?:it|right)|exactly it|makes sense now|finally (?:understand|works|understood)"
            r"|green again|went through|shipped on time|cleared (?:it|that|things) up|does the job|(?:are|am"
            r"|we're|i'm) unblocked|is running|runs again|resolved[.!]|you were right|went smoothly"
            r"|c'est parfait|perfecto|that's it!|(?:thanks|thank you)[.!,]+ (?:it )?works\b|(?:what"
            r"|everything) (?:i|we) (?:was looking for|needed|wanted)|so much (?:nicer|better|faster|clearer"
            r"|easier)|problema (?:resuelto|risolto)|läuft (?:es|wieder|alles|jetzt)|es läuft|prevented an?"
            r"|saved from|made (?:it|things) click|finally made it click|(?:a|me|us|very) happy|it installs!"
            r"|builds? again|read?s? well|can install it again|installs? fine|learned (?:something|a lot)"
            r"|explained everything"
            r"|(?:fixed|solved) (?:it|my|our|the)|funktioniert (?:jetzt|wieder|alles)|(?:super |hat )geklappt"
            r"|genau der fehler"
            r"|tout (?:marche|fonctionne)|ça (?:marche|fonctionne)|ya funciona|funciona (?:perfect|bien)|resolveu"
            r"|det fungerar|het werkt)",
            re.IGNORECASE,
        ),
    ),
)
_ENOUGH, _MOST_TIMES = 3, 2
_ALWAYS_NEEDED = frozenset({0, 1, 2, 3, 4, 5})
_WORKS = _SIGNS[-1][1]
"""Which signs must be among them: thanks or praise; that something works, or a warm word, is not enough."""
_COMPLAINT = re.compile(
    r"\b(?:thanks?|thank you|thx|cheers|kudos|congrat\w*|bravo|well done|great(?: job)?|nice(?: work| job)?"
    r"|good job|awesome|amazing|fantastic|brilliant|wonderful|excellent|love (?:how|that|it when|the way)"
    r"|hats off|props)\b[^.\n]{0,60}\b(?:for (?:nothing|breaking|ruining|ignoring|wasting|deleting"
    r"|the (?:outage|spam|downtime|headache|broken|useless|silence|non-answer|canned|copy|bug|bugs|wait"
    r"|runaround|weekend)|not|another|yet|making (?:me|us) (?:wait|look)|taking (?:down|three|two|four|five"
    r"|\d+)|losing|locking|charging|closing|banning|removing|never|leaving|letting (?:me|us) (?:down|wait))"
    r"|ruin\w*|broke|broken|breaks|ignor\w+|useless|(?<!the )(?<!during )(?<!handling )outage|down again"
    r"|nobody|wast\w+|crash\w*|deleted|locked (?:me|us) out|nobody|no one|never (?:answer|repl|work"
    r"|respond)\w*|another (?:outage|bug|error|failure|broken|day|hour|week)|yet again|still (?:broken|waiting"
    r"|down|no|not|doesn't|failing))"
    r"|\b(?:but|however|yet|although|except|unfortunately|sadly)\b[^.\n]{0,80}\b(?:still|not|n't|never|broken"
    r"|fail\w*|error|wrong|same|issue|problem|worse|unacceptable|disappoint\w*|waiting|again|useless|late"
    r"|slow)"
    r"|\b(?:amazing|incredible|impressive|fascinating|funny|remarkable|astonishing|interesting|great|wonderful"
    r"|lovely|fantastic) (?:how|that) (?:you|a|the|your|nobody|this|it|long|little|support|people|they)"
    r"|\b(?:production|registry|site|build|everything|ci|service) is (?:down|broken|red)|\bbecause of your\b"
    r"|\byour (?:outage|bug|mess|mistake|broken|downtime)\b|\blocked (?:me )?out\b|\bnobody (?:reads|answers"
    r"|cares|replies|knows|understands)|\bwould have (?:answered|been|fixed|replied|told|helped|read)"
    r"|\bignor(?:e|es|ed|ing) (?:me|my|us|our|every|all|the|this)|\bthis is urgent\b|\bbefore you (?:broke"
    r"|deleted)|\b(?:days|weeks|months) (?:of silence|later and|and (?:no|still|nothing))"
    r"|\b(?:thanks for nothing|slow clap|golf clap|yeah,? right|oh,? (?:great|wonderful|fantastic|brilliant"
    r"|joy|lovely|good|nice|perfect|thanks)|just (?:great|wonderful|perfect|brilliant|what i needed)"
    r"|great,? (?:another|just|now|so)|wow,? (?:just|thanks|great|so)|how (?:helpful|kind|wonderful|nice"
    r"|convenient|lovely) of|so (?:helpful|kind|quick|fast) (?:that|it only took|i)"
    r"|only took (?:you )?(?:three|two|four|five|six|ten|\d+) (?:days|weeks|months|hours|years)|as usual"
    r"|as always,? (?:no|nothing|useless|late)|top[- ]?notch .{0,30}(?:not|if)|/s\b|sarcas\w+|irony"
    r"|must be (?:nice|joking|kidding)|are you (?:kidding|serious)|what a (?:joke|mess|shame|disaster)"
    r"|unacceptable|ridiculous|terrible|worst|useless|awful|horrible|pathetic|disgrace\w*|clueless|incompetent"
    r"|furious|angry|disappointed|not (?:helpful|impressed|amazing|great|good enough|happy|thankful|grateful"
    r"|awesome|the best|working|fixed|solved)|isn't (?:helpful|great|working|fixed)|wasn't (?:helpful|great)"
    r"|didn't (?:help|work|fix|solve)|did not (?:help|work|fix|solve)|doesn't (?:help|work|fix)"
    r"|does not (?:help|work|fix)|hardly|no thanks to|least (?:helpful|impress\w+)|less than (?:helpful"
    r"|impressed)|could have been|too late|refund|cancel(?:l?ing)? my|lawyer|would have been (?:nice|great"
    r"|amazing|better)|if only|wish you|used to (?:be|love)|waste of|still (?:waiting|broken|not|no|doesn't"
    r"|can't|failing|down))\b|🙄|🤡|😡|😤|👎|🖕|\bthanks[.…]{2,}|\"(?:support|help|helpful|amazing|great|service"
    r"|fixed)\"|“(?:support|help|helpful|amazing|great|service|fixed)”",
    re.IGNORECASE,
)

_BITTER = re.compile(
    r"\bonly took\b|\b(?:wrote|asked|mailed|called|tried) (?:\w+ )?(?:\w+ times|\d+ times|again and again)"
    r"|\b(?:the )?same (?:link|answer|mail|reply|text)\b|\bdifferent answers\b|\bmy (?:ticket|request|issue"
    r"|mail) was (?:closed|ignored|deleted)|\bunread\b|\bnever (?:repl|answer|work)\w*|\bwhoever decided\b"
    r"|\bless so\b|\bcrickets\b|\bperfect timing\b|\bnowhere else\b|\b(?:is|are|see) below\b|\bnot see\b"
    r"|\bwould like a\b|\b(?:found|find|notice[d]?) (?:a|an|another|some) (?:\w+ )?(?:bug|issue|problem|error"
    r"|typo)|\b(?:gives?|shows?|throws?|returns?|says?|get|got) (?:me )?(?:an? )?(?-i:E[A-Z]{3,}|[45]\d\d)"
    r"|\bvotes?\b|\bhas \d+|\bghost\w*|\bshar(?:ing|ed) our|\bsecret\b|\blost\b|\bproving\b|\bi hate\b"
    r"|\bshame\b|\bnow if only\b|\bburn(?:ed|t|ing)\b|\bautorespond\w*|\bin the end\b|\blow priority\b"
    r"|\bsurveys?\b|\bcop(?:y|ied)[- ]?(?:and[- ]?)?paste|\bcanned\b|\bchat ?bot|\b(?:a|the) (?:wall|joke"
    r"|robot)\b"
    r"|\bat (?:ignoring|breaking|wasting|losing|deleting|doing nothing)|\b(?:breaking|ignoring|deleting"
    r"|wasting|ruining)\b"
    r"|\byour (?:last|latest|new) (?:update|release|change|deploy\w*)|\b(?:any more|anymore|no longer)\b|\bnothing"
    r" (?:works|installs|builds|happens)|\b(?:came|comes|is|it's) back(?! (?:up|online|!|,| again,? thank))\b.{0,12}"
    r"(?:error|fail|again)|\b(?:third|fourth|fifth|\d+th) time\b|\bdown (?:for|again|since|the)"
    r"|\bwould (?:lose|rather|wait)"
    r"|\bcompetitor|\b(?:another|different|other) (?:registry|vendor|provider|service)\b|\bwithout (?:warning"
    r"|notice|asking"
    r"|reading|telling)|\bout of (?:the )?office|\bdelet(?:es|ed) (?:my|our|the)\b|\bthank you,? next\b"
    r"|\bsuper,? thanks,? now"
    r"|\bidea to\b|\bway to (?:spend|start|ruin|waste)|\bif you (?:enjoy|like) (?:talking|waiting|being)"
    r"|\b(?:log|file|output|details|version)s? you asked|\battached\b|\bfollowing\b|\bthen it (?:came|broke|failed)"
    r"|\bin step \d|\b(?:docs?|page|step) (?:is|are) wrong|\bi(?:'ll| will| am going to|'m going to) (?:try"
    r"|test|check|look"
    r"|report|let|see|do|send|give)|\blet me (?:try|check|test)|\bonce (?:i|we|you)\b|\bnow (?:nobody|no one"
    r"|it (?:deletes|fails"
    r"|breaks|crashes))|\b(?:slower|worse|silence|ignored)\b|\blocked (?:me|us|out)\b"
    r"|\bwhen(?:ever)? you (?:break|ignore|delete)"
    r"|\baber\b|\bleider\b|\bmais\b|\bpero\b|\bmalheureusement\b|\bdesafortunadamente\b|でも|しかし",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"[?？]|\b(?:can|could|would|will) (?:you|someone|somebody|anyone)\b|\bhow (?:do|can|to)\b|\bplease (?!pass"
    r"|tell (?:her"
    r"|him|them|the)|give (?:her|him|them|the)|forward|thank)|\b(?:error (?:code|says|message)|fails?\b|failing|help me"
    r"|i need|i want|is there|issue with|problem with|not working|stuck|i(?: would|'d) like)",
    re.IGNORECASE,
)
_SHORT = 6
"""A text of no more words has no closing of its own."""


def is_thanks(text: str) -> bool:
    """Whether somebody means praise: not a courtesy, no complaint, no sarcasm, nothing that waits for an answer."""
    read = text[:_MOST].replace("’", "'")
    if is_complaint(read) or _BITTER.search(read) or _REQUEST.search(read):
        return False
    left = read if _WORKS.search(read) or len(read.split()) <= _SHORT else _CLOSING.sub(" ", read)
    left = left if _WORKS.search(left) else _FOR_HELP.sub(" ", left)
    left = _COURTESY.sub(" ", left)
    found = {number: weight * min(_MOST_TIMES, _times(sign, left)) for number, (weight, sign) in enumerate(_SIGNS)}
    kinds = {number for number, points in found.items() if points}
    return sum(found.values()) >= _ENOUGH and bool(_ALWAYS_NEEDED & kinds)


def _times(sign: re.Pattern[str], text: str) -> int:
    """How many different words of one kind there are."""
    return len({match.group().lower() for match in sign.finditer(text)})


def praising(text: str) -> list[str]:
    """The sentences that praise, in order: what is worth passing on of a text that `is_thanks`."""
    read = sentences(text[:_MOST])
    found = [one for one in read if any(sign.search(one.replace("’", "'")) for _weight, sign in _SIGNS)]
    return [one for one in found if not _CLOSING.fullmatch(one)] or found[:1]


def is_complaint(text: str) -> bool:
    """Whether words of thanks are meant otherwise: sarcasm, a but, an outage that somebody is thanked for."""
    return bool(_COMPLAINT.search(text[:_MOST].replace("’", "'")))
