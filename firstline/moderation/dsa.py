"""One decision as the Transparency Database of the Digital Services Act takes it (Reg. 2022/2065, Art. 24(5); M-23).

Field names and values as in trust-and-safety.md 1.4. Nothing in it leads to a person.
"""

from typing import Any, Final

from firstline.conversations.models import Reason
from firstline.core import sealing
from firstline.moderation import texts
from firstline.moderation.models import Measure, Sanction, Source

VISIBILITY: Final = {
    Measure.SLOW: "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED",
    Measure.MUTE: "DECISION_VISIBILITY_OTHER",
}
PROVISION: Final = "DECISION_PROVISION_PARTIAL_SUSPENSION"
ACCOUNT: Final = {Measure.SUSPEND: "DECISION_ACCOUNT_SUSPENDED", Measure.BAN: "DECISION_ACCOUNT_TERMINATED"}
ILLEGAL: Final = (Reason.CSAE, Reason.ILLEGAL_OTHER, Reason.THREAT)
CATEGORY: Final = {
    Reason.HATE: "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    Reason.INSULT: "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    Reason.HARASSMENT: "STATEMENT_CATEGORY_CYBER_VIOLENCE",
    Reason.DOXXING: "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    Reason.THREAT: "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
    Reason.GRAPHIC_VIOLENCE: "STATEMENT_CATEGORY_VIOLENCE",
    Reason.CSAE: "STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
    Reason.MALWARE_OR_PHISHING: "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    Reason.IMPERSONATION: "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    Reason.SPAM: "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
}
OTHER_CATEGORY: Final = "STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE"
SOURCES: Final = {
    Source.CONTACT.value: "SOURCE_TYPE_OTHER_NOTIFICATION",
    Source.AGENT.value: "SOURCE_VOLUNTARY",
    Source.DETECTOR.value: "SOURCE_VOLUNTARY",
}


def statement(sanction: Sanction) -> dict[str, Any]:
    """The decision's fields. A person always decides; a detector may have found it."""
    measure, illegal = Measure(sanction.measure), sanction.reason in ILLEGAL
    ground = "ILLEGAL" if illegal else "INCOMPATIBLE"
    first = sanction.case.items.select_related("message").order_by("pk").first()
    until = sanction.expires_at.date().isoformat() if sanction.expires_at else None
    return {
        "decision_visibility": [VISIBILITY[measure]] if measure in VISIBILITY else [],
        "decision_provision": PROVISION if measure == Measure.RESTRICT_CHANNEL else None,
        "decision_account": ACCOUNT.get(measure),
        "end_date_account_restriction": until if measure in ACCOUNT else None,
        "end_date_service_restriction": until if measure == Measure.RESTRICT_CHANNEL else None,
        "decision_ground": f"DECISION_GROUND_{ground}_CONTENT",
        f"{ground.lower()}_content_ground": f"{sanction.policy_version}: {sanction.reason}",
        f"{ground.lower()}_content_explanation": texts.rule_of(sanction.reason),
        "category": CATEGORY.get(Reason(sanction.reason), OTHER_CATEGORY),
        "content_type": ["CONTENT_TYPE_TEXT"],
        "source_type": SOURCES[sanction.found_by],
        "automated_detection": "Yes" if sanction.found_by == Source.DETECTOR else "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "content_date": (first.message.written_at if first else sanction.starts_at).date().isoformat(),
        "application_date": sanction.starts_at.date().isoformat(),
        "puid": sealing.fingerprint(str(sanction.pk).encode(), "dsa")[:32],
    }
