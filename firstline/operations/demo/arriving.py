"""Steps by people outside: their mails go through the door like any other."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from firstline.channels.base import Envelope
from firstline.core import sealing
from firstline.inboxes.models import KeptMail
from firstline.intake import actions as intake
from firstline.intake.models import InboundItem
from firstline.operations.demo import casting, mailing, queue, script, wording
from firstline.operations.demo.casting import Stage
from firstline.operations.demo.quoting import Quoted
from firstline.operations.demo.script import Cue, Person

SEEN_BY_THE_DOOR = {
    "pass": "DKIM signature of {domain}",
    "none": "nothing proves the sender",
    "fail": "the domain asks to reject mail that is not proved to be its own",
}
"""What the door found out about a sender, told by the story: the domains of the story are in no DNS."""


class NothingToAnswer(Exception):
    """A mail of the story answers one of ours that was never sent; the message names the scene."""


def mail(stage: Stage, cue: Cue) -> None:
    """A mail arrives: the scene's first at the inboxes' addresses, a later one at its writer's reply address."""
    options = cue.step.options
    writer = script.cast().people[cue.step.by]
    casting.introduce(stage, writer)
    ours, reply_address = None, ""
    if cue.scene.key in stage.conversations and not options.get("fresh"):
        ours, reply_address = _last_copy(cue, script.cast().people[options.get("via", writer.key)])
    names = options.get("inboxes", ["support"])
    addresses = [reply_address] if reply_address else [stage.inboxes[name].address for name in names]
    raw = mailing.build(
        mailing.Letter(
            writer=writer,
            to=[("", options["header_to"])] if "header_to" in options else [("", one) for one in addresses],
            cc=[(one.name, one.address) for one in map(script.cast().people.__getitem__, options.get("cc", ()))],
            subject=_subject(cue, writer, ours),
            text=_filled(cue, cue.step.text),
            written=cue.moment,
            quoted=ours if options.get("quotes", True) else None,
            files=[_file(cue, one) for one in options.get("files", ())],
            headers=options.get("headers", {}),
        )
    )
    for name, address in zip(names, addresses, strict=True):
        _deliver(
            stage,
            cue,
            raw,
            name,
            Envelope("192.0.2.25", f"mail.{_domain(writer)}", writer.address, (address,), tls=True),
        )


def bounce(stage: Stage, cue: Cue) -> None:
    """The server of the person named says that our last mail to them could not be delivered."""
    person = script.cast().people[cue.step.by]
    ours, reply_address = _last_copy(cue, person)
    raw = mailing.bounce(ours, person.address, cue.moment, reply_address)
    _deliver(
        stage, cue, raw, "support", Envelope("192.0.2.44", f"mail.{_domain(person)}", "", (reply_address,), tls=True)
    )


def _deliver(stage: Stage, cue: Cue, raw: bytes, inbox: str, envelope: Envelope) -> None:
    accepted = intake.accept(stage.inboxes[inbox], raw, envelope)
    result = script.cast().people[cue.step.by].auth
    reason = SEEN_BY_THE_DOOR[result].format(domain=_domain(script.cast().people[cue.step.by]))
    listed = {"listed_unverified": "yes"} if "List-Id" in cue.step.options.get("headers", {}) else {}
    InboundItem.objects.filter(pk=accepted.item_id).update(
        sender_auth={"result": result, "reason": reason, "inputs": {"story": "orbit", **listed}}
    )
    queue.run_due()
    conversation = InboundItem.objects.get(pk=accepted.item_id).conversation_id
    if conversation is not None:
        stage.conversations.setdefault(cue.scene.key, conversation)


def _last_copy(cue: Cue, person: Person) -> tuple[Quoted, str]:
    """The newest mail of ours in that person's mailbox, and the reply address in it. Raises NothingToAnswer."""
    kept = KeptMail.objects.filter(recipient=person.address).order_by("-pk").first()
    if kept is None:
        raise NothingToAnswer(f"Scene {cue.scene.key}: {person.name} answers, but has no mail of ours.")
    message = message_from_bytes(sealing.unseal(kept.ciphertext, kept.wrapped_key), policy=default)
    name, address = parseaddr(str(message["From"]))
    body = message.get_body(("plain",))
    quoted = Quoted(
        name=name,
        address=address,
        written=parsedate_to_datetime(str(message["Date"])),
        subject=str(message["Subject"]),
        text=str(body.get_content()) if body else "",
        message_id=str(message["Message-ID"]),
        references=tuple(str(message["References"] or "").split()),
    )
    return quoted, parseaddr(str(message["Reply-To"]))[1]


def _subject(cue: Cue, writer: Person, ours: Quoted | None) -> str:
    if "subject" in cue.step.options:
        return _filled(cue, cue.step.options["subject"])
    if ours is None:
        raise script.BadStory(f"Scene {cue.scene.key}: the first mail needs a subject.")
    bare = ours.subject.removeprefix("Re: ")
    return {"outlook": f"RE: {bare}", "latin": f"AW: {bare}"}.get(writer.client, f"Re: {bare}")


def _file(cue: Cue, values: Mapping[str, Any]) -> mailing.File:
    """An attachment: a kept file (`from`), words (`text`), or a zip of words (`zip`: name → words)."""
    if "from" in values:
        content = script.file(values["from"])
    elif "zip" in values:
        content = _zip({name: _filled(cue, text) for name, text in values["zip"].items()}, cue.moment)
    else:
        content = _filled(cue, values["text"]).encode()
    return mailing.File(_filled(cue, values["name"]), values["type"], content)


def _zip(files: Mapping[str, str], moment: datetime) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), text)
    return packed.getvalue()


def _filled(cue: Cue, text: str) -> str:
    return wording.fill(text, cue.moment, cue.scene.key)


def _domain(person: Person) -> str:
    return person.address.partition("@")[2]
