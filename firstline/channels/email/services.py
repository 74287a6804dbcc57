"""The mail services that django-anymail speaks, and which of its options each of our settings becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `secret` is what its backend calls the key; `server` what it calls the domain ('': it has none);
    `signing` what its webhooks call the key they are signed with ('': basic authentication, as the service offers);
    `receives` whether it brings mail in whose signature anymail can check.
    """

    label: str
    secret: str = "api_key"  # noqa: S105 (a name, not a key)
    server: str = ""
    signing: str = ""
    receives: bool = True


SERVICES: dict[str, Service] = {
    "mailgun": Service("Mailgun", server="sender_domain", signing="webhook_signing_key"),
    "postmark": Service("Postmark", "server_token"),
    "amazon_ses": Service("Amazon SES"),
    "sendgrid": Service("SendGrid"),
    "brevo": Service("Brevo"),
    "mailersend": Service("MailerSend", "api_token", signing="signing_secret"),
    "mailjet": Service("Mailjet", "secret_key"),
    "postal": Service("Postal", server="api_url", signing="webhook_key"),
    "resend": Service("Resend", receives=False),
    "sparkpost": Service("SparkPost"),
}


def backend_options(name: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """What anymail's backend for `name` is made with."""
    service, secret, server = SERVICES[name], settings.get("out_secret", ""), settings.get("out_server", "")
    if name == "amazon_ses":
        keys = {"aws_access_key_id": settings.get("out_user", ""), "aws_secret_access_key": secret}
        return {"client_params": {**keys, **({"region_name": server} if server else {})}}
    options: dict[str, Any] = {service.secret: secret}
    if name == "mailjet":
        options["api_key"] = settings.get("out_user", "")
    if server.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        options["api_url"] = server
    elif server and service.server:
        options[service.server] = server
    return options
