"""The first five minutes of a desk."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts import actions
from firstline.accounts.doors import needs, person
from firstline.inboxes import queries

SENDER = "casey@quiet.example"
"""A domain that has no DNS: a test mail from it is neither verified nor refused."""


@require_GET
@needs("desk.configure")
def first_run(request: HttpRequest) -> HttpResponse:
    """Every step with what is done already; the first open one, or the one asked for by `step`, is unfolded."""
    progress = queries.progress(person(request))
    done = progress.done
    asked = request.GET.get("step", "")
    current = asked if asked in done else next((name for name, is_done in done.items() if not is_done), "")
    steps = {name: "now" if name == current else "done" if is_done else "later" for name, is_done in done.items()}
    return render(
        request,
        "inboxes/first_run.html",
        {
            "progress": progress,
            "steps": steps,
            "done": done,
            "all_done": all(done.values()),
            "place": "settings",
            **_mail(),
        },
    )


@require_GET
@needs("desk.configure")
def listening(request: HttpRequest) -> HttpResponse:
    """The line that waits for the first conversation; it stops asking once there is one."""
    context = {"conversation_id": queries.first_conversation(), "address": queries.mail_address()}
    return render(request, "inboxes/first_run.html#listening", context)


@require_POST
@needs("desk.configure")
def leave(request: HttpRequest) -> HttpResponse:
    """Go to the desk; sign-in does not lead here any more."""
    actions.finish_welcome(person(request))
    return redirect("conversations:home")


def _mail() -> dict[str, object]:
    """What the test mail's commands need: this desk's real host, port and address."""
    address, host = queries.mail_address(), queries.smtp_host()
    head = f"From: Casey <{SENDER}>\r\nTo: {address}\r\nSubject: 404 when I publish\r\n"
    text = f"{head}\r\nnpm error code E404 on PUT. What now?\r\n"
    script = f"import smtplib; smtplib.SMTP({host!r}, {settings.SMTP_PORT}).sendmail({SENDER!r}, {address!r}, {text!r})"
    return {
        "address": address,
        "smtp": f"{host}:{settings.SMTP_PORT}",
        "python_line": f"python3 -c {json.dumps(script)}".replace("\\\\r\\\\n", "\\r\\n"),
        "swaks_line": (
            f"swaks --server {host}:{settings.SMTP_PORT} --from {SENDER} --to {address} "
            '--header "Subject: 404 when I publish" --body "npm error code E404 on PUT. What now?"'
        ),
    }
