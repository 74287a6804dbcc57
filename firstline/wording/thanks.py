"""Praise told from complaint, sarcasm and mere courtesy. Precision before recall: what goes up on the wall is meant."""

import re

_PRAISE = re.compile(
    r"\b(?:thank(?:s| you|ful)|thx|tysm|much appreciated|appreciate (?:it|that|this|you|your|the|how)"
    r"|really appreciate|grateful|kudos|props|shout ?out|hats off|love (?:you|this|the|how|your|it)|loved"
    r"|awesome|amazing|fantastic|brilliant|wonderful|excellent|superb|stellar|outstanding|incredible|lifesaver"
    r"|life saver|life-saver|saved (?:me|my|us|our|the)|made my (?:day|week|morning)|best support"
    r"|great (?:support|help|work|job|service|people|team|response)|you(?:'re| are| all are| guys are"
    r"| folks are)? (?:the best|rock|awesome|amazing|great|legends?|heroes|stars?|a star|a legend|a hero)"
    r"|legends?|heroes|well done|nice work|good job|so (?:helpful|kind|quick|fast|friendly)|super (?:helpful"
    r"|kind|quick|fast)|(?:very|incredibly|extremely|really) (?:helpful|kind|quick|fast|friendly|patient)"
    r"|impressed|delighted|works (?:perfectly|like a charm|great|now)|problem solved|solved it|that (?:did"
    r"|fixed) it|chapeau|merci (?:beaucoup|infiniment)|vielen dank|danke (?:schön|euch|dir)|muchas gracias"
    r"|mil gracias|obrigad[oa]|grazie mille|arigat[oō]|bravo|big thumbs up|five stars|5 stars|10/10)"
    r"|[❤♥💚💙🙏🎉🏆👏]|\U0001f970|\U0001f60d",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:thank(?:s| you) (?:so much|very much|a lot|a million|a ton|again|all|everyone|for (?:the|your|all"
    r"|being|helping|fixing|getting|taking|such|always|explaining|sorting|solving|answering|going|making|this)"
    r"|to (?:the|everyone|all|@?\w+))|made my|best support|you(?:'re| are)? (?:the best|rock)|kudos|lifesaver"
    r"|life-saver|saved (?:me|my|us)|impressed|hats off|shout ?out|well done|10/10|amazing|fantastic|wonderful"
    r"|brilliant|great (?:support|help|work|job|service))\b|[❤♥💚💙🏆👏]",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\b(?:thanks?(?: you)?|thx|tia|cheers|appreciated?|grateful|danke|merci|gracias)[ ,]*(?:so much "
    r"|very much |a lot )?(?:in advance|for (?:your|any) (?:time|help|support|attention|assistance|reply"
    r"|answer|consideration|understanding)[.! ]*$|for (?:reading|looking|any)|ahead)|\bany help (?:would be|is"
    r"|will be)?\s*(?:much |greatly |really )?appreciated|\bwould (?:be|really|much|greatly) (?:appreciate"
    r"|grateful|love|be great|be awesome|be amazing|be nice|be fantastic)|\bwould appreciate|\bi(?:'d"
    r"| would) (?:love|appreciate|be grateful)|\b(?:it would|that would|would) be (?:\w+ )?(?:great|awesome"
    r"|amazing|nice|wonderful|fantastic|appreciated|helpful)|\bno,? thank(?:s| you)|\bthank(?:s"
    r"| you) for (?:contacting|your (?:understanding|patience|order|interest|inquiry|enquiry|message|request"
    r"|feedback|submission|purchase)|using|choosing|reaching|writing|signing|registering|waiting|calling)"
    r"|\bappreciate (?:that (?:you|this|it|your)|if|your (?:patience|understanding))|\bthanks to (?:this|that"
    r"|a|an|the|your) (?:bug|outage|change|update|release|regression|mess|broken|new|breaking|issue|error"
    r"|upgrade|downtime|policy|incident)",
    re.IGNORECASE,
)
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
_REQUEST = re.compile(
    r"\?|\b(?:can(?:'t|not)(?! (?:thank|praise|recommend|say enough|believe how))|how (?:do|can|to)|please"
    r"|error|fail(?:s|ed|ing)?|help me|i need|is there|issue with|problem with|not working|stuck)\b",
    re.IGNORECASE,
)


def is_thanks(text: str) -> bool:
    """Whether somebody means praise: not a courtesy before help came, no complaint, no sarcasm."""
    if is_complaint(text):
        return False
    left = _COURTESY.sub(" ", text)
    if not _PRAISE.search(left):
        return False
    if _REQUEST.search(left):
        return bool(_STRONG.search(left)) and "?" not in left
    return True


def is_complaint(text: str) -> bool:
    """Whether words of thanks are meant otherwise: sarcasm, a but, an outage that somebody is thanked for."""
    return bool(_COMPLAINT.search(text))
