"""Facts of the environment that a paste states itself, so that nobody has to ask for them again."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from firstline.evidence import fact_patterns
from firstline.evidence.normalise import Paste

_ERROR = re.compile(r"(?i)\s*(?:npm ERR!|ERROR\b|error\b|.?ERR_PNPM|\w*Error: |➤ YN)")
_HOMES = re.compile(
    r"(?i)(/home/|/Users/|\\Users\\+)(?!(?:runner|circleci|travis|vsts|node)\b|<)"
    r"(?:(?<=\\)[^\\/:*?\"<>|\n…]{1,40}(?=\\)|[^/\\\s'\":<>…]{1,60})"
)


def extract(paste: Paste) -> dict[str, str]:
    """Facts by name: tools' versions, os, command, registry (host), method, status, package, ci, container, …"""
    text = paste.text
    facts = {name: value for name, patterns in fact_patterns.FACTS.items() if (value := _first(text, patterns))}
    if "command" in facts:
        facts["command"] = _command(facts["command"])
    if "registry" in facts:
        facts["registry"] = _host(facts["registry"])
    if "proxy" in facts:
        facts["proxy"] = _host(facts["proxy"])
    errors = "\n".join(line.text for line in paste.lines if _ERROR.match(line.text))
    facts |= _request(text) | _request(errors) | (_package(errors) or _package(text)) | _surroundings(text)
    if registry := _host(_first(errors, [fact_patterns.REQUEST])):
        facts["registry"] = registry
    tool = _tool(text, facts)
    if tool:
        facts["tool"] = tool
    return {name: mask_homes(value)[:200] for name, value in sorted(facts.items()) if value}


def mask_homes(text: str) -> str:
    """The text without the names of people in home folders: `/Users/ada/x` becomes `/Users/…/x`."""
    return _HOMES.sub(r"\1…", text)


def _first(text: str, patterns: Iterable[str]) -> str:
    for pattern in patterns:
        match = re.search(pattern, text, re.MULTILINE)
        if match:
            return ".".join(group for group in match.groups() if group).strip()
    return ""


def _command(raw: str) -> str:
    words = re.sub(r"[\"',\[\]]+", " ", raw).split()
    known = (*fact_patterns.COMMANDS, "pip3", "python", "python3")
    return " ".join(words if words and words[0] in known else ["npm", *words])


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _request(text: str) -> dict[str, str]:
    """Method and status of the refused request: the last one that an error line names."""
    found: dict[str, str] = {}
    for match in re.finditer(r"\b(?P<method>GET|PUT|POST|DELETE)\s+(?P<status>[1-5]\d\d)?\s*https?://", text):
        found["method"] = match["method"]
        if match["status"] and match["status"] >= "400":
            found["status"] = match["status"]
    status = re.search(r"\b([45]\d\d) (?:[A-Z][\w ]{2,30} )?-? ?(?:GET|PUT|POST|DELETE) ", text)
    status = status or re.search(
        r"(?:Failed PUT|HTTPError:|HTTP error|status(?: code)?:?|ERR_PNPM_FETCH_|\bE)\s?([45]\d\d)\b", text
    )
    return found | ({"status": status[1]} if status else {})


def _package(text: str) -> dict[str, str]:
    for pattern in fact_patterns.PACKAGES:
        match = re.search(pattern, text, re.MULTILINE | re.IGNORECASE)
        groups = {name: value for name, value in (match.groupdict() if match else {}).items() if value}
        if "name" in groups:
            facts = {"package": groups["name"].replace("\\", "/")}
            return facts | ({"package_version": groups["version"]} if "version" in groups else {})
    return {}


def _surroundings(text: str) -> dict[str, str]:
    services = [name for name, pattern in fact_patterns.CI.items() if re.search(pattern, text)]
    facts = {"ci": services[0]} if services else {}
    if not services and re.search(fact_patterns.PLACE, text, re.MULTILINE):
        facts["place"] = "local"
    if re.search(fact_patterns.CONTAINER, text, re.MULTILINE):
        facts["container"] = "Docker"
    if re.search(r"^\d{1,6} (?:verbose|silly|info|http) ", text, re.MULTILINE):
        facts["debug_log"] = "pasted"
    if re.search(r"^gyp (?:ERR!|info|verb) ", text, re.MULTILINE | re.IGNORECASE):
        facts["gyp_log"] = "pasted"
    return facts


def _tool(text: str, facts: dict[str, str]) -> str:
    named = facts.get("command", "").split(" ")[0].rstrip("3")
    if named in fact_patterns.COMMANDS:
        return named
    for tool, pattern in fact_patterns.TOOLS:
        if re.search(pattern, text, re.MULTILINE):
            return tool
    return ""
