"""What people ask about, and what each kind of question needs from the start, so that it is asked once (domain.md 3).

Pure: labels are marked for translation here and translated where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["line", "paste", "choice"]
LINE_LENGTH, PASTE_LENGTH = 300, 60_000


def gettext_noop(text: str) -> str:
    """Mark a text for translation without Django."""
    return text


_ = gettext_noop


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a kind of question needs. `choices` are (value, label) pairs of a field of kind `choice`."""

    name: str
    label: str
    kind: FieldKind = "line"
    required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def most(self) -> int:
        """How many characters it may hold."""
        return PASTE_LENGTH if self.kind == "paste" else LINE_LENGTH


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of question. Its name becomes the conversation's tag. `icon` is one of the desk's."""

    name: str
    title: str
    lead: str
    icon: str
    fields: tuple[Field, ...]
    ask: str = _("What happens, and what did you expect?")


_OUTPUT = Field(
    "output",
    _("What your terminal or log says"),
    "paste",
    help=_("The lines around the error. Tokens are masked before anything is kept."),
)
_COMMAND = Field("command", _("The command you ran"), required=True)
_PACKAGE = Field("package", _("Package"), required=True, help=_("Its full name, with the scope"))
_USERNAME = Field("username", _("Your user name"), required=True)
_ORGANIZATION = Field("organization", _("Organization"), required=True)
_WHEN = Field("when", _("When, in UTC if you can"), required=True)

CASES: tuple[Case, ...] = (
    Case(
        "install",
        _("Installing or running fails"),
        _("An install, a build or a script stops with an error."),
        "terminal",
        (
            _COMMAND,
            Field("output", _OUTPUT.label, "paste", required=True, help=_OUTPUT.help),
            Field("versions", _("Versions"), help=_("Of the tool, the language and the system")),
            Field(
                "where",
                _("Where it happens"),
                "choice",
                choices=(
                    ("machine", _("On my machine")),
                    ("ci", _("In CI")),
                    ("container", _("In a container")),
                    ("everywhere", _("Everywhere")),
                ),
            ),
        ),
    ),
    Case(
        "publish",
        _("Publishing fails"),
        _("A version is refused, or published and nowhere to be seen."),
        "send",
        (
            _PACKAGE,
            Field("version", _("Version")),
            _COMMAND,
            Field("output", _OUTPUT.label, "paste", required=True, help=_OUTPUT.help),
            Field(
                "how",
                _("How you publish"),
                "choice",
                choices=(("hand", _("By hand")), ("token", _("CI with a token")), ("oidc", _("Trusted publishing"))),
            ),
        ),
    ),
    Case(
        "sign-in",
        _("Signing in, tokens, 2FA"),
        _("A password, a code or a token is not accepted."),
        "key-round",
        (
            _USERNAME,
            Field(
                "client",
                _("Where you sign in"),
                "choice",
                required=True,
                choices=(("web", _("Website")), ("cli", _("Command line")), ("ci", _("CI"))),
            ),
            _OUTPUT,
        ),
    ),
    Case(
        "recovery",
        _("I lost access to my account"),
        _("The second factor, the mailbox or both are gone."),
        "lock-open",
        (
            _USERNAME,
            Field(
                "mailbox",
                _("Can you read mail at the account’s address?"),
                "choice",
                required=True,
                choices=(("yes", _("Yes")), ("no", _("No"))),
            ),
            Field(
                "codes",
                _("Do you have recovery codes?"),
                "choice",
                required=True,
                choices=(("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))),
            ),
            Field("repository", _("A repository that is linked with your account or packages")),
        ),
    ),
    Case(
        "takeover",
        _("Something I did not do"),
        _("A sign-in, a change or a publish that was not you, or a mail that pretends to be us."),
        "shield-alert",
        (
            Field("username", _USERNAME.label),
            _WHEN,
            Field("changed", _("What was changed or asked of you"), required=True),
            Field("packages", _("Packages that may be affected")),
        ),
    ),
    Case(
        "network",
        _("The service is slow, down or refuses me"),
        _("Timeouts, 5xx, 403 or 429, certificates, proxies."),
        "globe",
        (
            Field("url", _("Address that fails"), required=True),
            _WHEN,
            Field("region", _("Where from"), help=_("Country, provider, company network or VPN")),
            Field("request_id", _("Request id, if the answer has one")),
            _OUTPUT,
        ),
    ),
    Case(
        "package",
        _("A package: remove, transfer, name"),
        _("Unpublishing, handing over, a name that is taken or disputed, private data published."),
        "package",
        (
            _PACKAGE,
            Field(
                "wish",
                _("What you need"),
                "choice",
                required=True,
                choices=(
                    ("unpublish", _("Remove a version or the package")),
                    ("transfer", _("Hand it over")),
                    ("dispute", _("A name that is abandoned or disputed")),
                    ("leak", _("Private data was published")),
                    ("limit", _("A higher limit")),
                    ("other", _("Something else")),
                ),
            ),
            Field("reached", _("Whom of its owners you reached, and when"), help=_("For names and hand-overs")),
        ),
    ),
    Case(
        "abuse",
        _("Report spam or abuse"),
        _("Spam, squatting, harassment, something offensive."),
        "flag",
        (
            Field("links", _("Links"), required=True, help=_("To where it is; please don’t paste the content itself")),
            Field(
                "safe",
                _("Is anybody in danger now?"),
                "choice",
                required=True,
                choices=(("no", _("No")), ("yes", _("Yes")), ("unsure", _("I am not sure"))),
            ),
        ),
    ),
    Case(
        "malware",
        _("Report malware or a vulnerability"),
        _("A package that does harm, or a hole in the platform."),
        "triangle-alert",
        (
            Field("package", _("Package, or part of the platform"), required=True),
            Field("version", _("Versions")),
            Field("place", _("File and line, or the steps"), "paste", required=True),
        ),
    ),
    Case(
        "organization",
        _("Organizations, members, single sign-on"),
        _("Members, teams and rights, SSO, private packages in CI."),
        "users",
        (
            _ORGANIZATION,
            Field("members", _("Who is affected")),
            _OUTPUT,
        ),
    ),
    Case(
        "billing",
        _("Invoices and plans"),
        _("An invoice, a card, a plan, a refund."),
        "file-text",
        (_ORGANIZATION, Field("invoice", _("Invoice number or period"))),
    ),
    Case(
        "legal",
        _("Legal, data protection, trademarks"),
        _("Copyright and trademark notices, your data, licences."),
        "shield",
        (
            Field(
                "matter",
                _("What it is about"),
                "choice",
                required=True,
                choices=(
                    ("copyright", _("Copyright")),
                    ("trademark", _("A trademark")),
                    ("export", _("A copy of my data")),
                    ("erase", _("Erasing my data")),
                    ("other", _("Something else")),
                ),
            ),
            Field("links", _("Links or names of packages concerned")),
        ),
    ),
    Case("question", _("Anything else"), _("How something works, a wish, a thank-you."), "message-circle", ()),
)
_BY_NAME = {case.name: case for case in CASES}


def case(name: str) -> Case | None:
    """The kind of question with this name; None when there is none."""
    return _BY_NAME.get(name)
