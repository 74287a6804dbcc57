"""Steps by people of the desk: the same actions that its pages call."""

import contextlib
from datetime import timedelta

from django.conf import settings

from firstline.accounts.models import User
from firstline.answers import actions as answers
from firstline.answers.models import Suggestion, SuggestionState
from firstline.conversations.actions import assigning, drafting, noting, reading, replying, statuses, tagging
from firstline.conversations.models import Conversation, DraftMode
from firstline.core import clock
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article, Visibility
from firstline.operations.demo import queue, script, wording
from firstline.operations.demo.casting import Stage
from firstline.operations.demo.script import Cue

MOMENT = timedelta(seconds=2)
"""After the undo window, before anything else happens."""


def reply(stage: Stage, cue: Cue) -> None:
    """Answer; `use` takes the suggestion over first, `resolve` resolves when it is sent, `cc` names people."""
    conversation, by = _met(stage, cue)
    options = cue.step.options
    if options.get("use"):
        _use_suggestion(conversation, by)
    replying.reply(conversation, by=by, text=_filled(cue), cc=_copies(cue), resolve=bool(options.get("resolve")))
    with clock.at(cue.moment + timedelta(seconds=settings.UNDO_SECONDS) + MOMENT):
        queue.run_due()


def note(stage: Stage, cue: Cue) -> None:
    """Leave a note."""
    conversation, by = _met(stage, cue)
    noting.add_note(conversation, by=by, text=_filled(cue))


def draft(stage: Stage, cue: Cue) -> None:
    """Begin an answer (or, with `mode`, a note) and leave it unfinished."""
    conversation, by = _met(stage, cue)
    mode = cue.step.options.get("mode", DraftMode.REPLY)
    drafting.save_draft(conversation, by=by, mode=mode, text=_filled(cue), cc=_copies(cue))


def assign(stage: Stage, cue: Cue) -> None:
    """Give it to the agent named in `to`, or take it."""
    conversation, by = _met(stage, cue)
    assigning.assign(conversation, stage.agents[cue.step.options.get("to", cue.step.by)], by=by)


def priority(stage: Stage, cue: Cue) -> None:
    """Say how much it hurts: `level` 1 (urgent) to 4."""
    conversation, by = _met(stage, cue)
    assigning.set_priority(conversation, cue.step.options["level"], by=by)


def tag(stage: Stage, cue: Cue) -> None:
    """Put on the tags in `names`."""
    conversation, by = _met(stage, cue)
    for name in cue.step.options["names"]:
        tagging.add_tag(conversation, name, by=by)


def status(stage: Stage, cue: Cue) -> None:
    """Say whose turn it is: `to`."""
    conversation, by = _met(stage, cue)
    statuses.set_status(conversation, cue.step.options["to"], by=by)


def snooze(stage: Stage, cue: Cue) -> None:
    """Hide it for as many `days` after the moment of loading."""
    conversation, by = _met(stage, cue)
    statuses.snooze(conversation, stage.now + timedelta(days=cue.step.options["days"]), by=by)


def resolve(stage: Stage, cue: Cue) -> None:
    """End it, as `answered` or for the reason in `why`."""
    conversation, by = _met(stage, cue)
    statuses.resolve(conversation, by=by, resolution=cue.step.options.get("why", "answered"))


def spam(stage: Stage, cue: Cue) -> None:
    """Put it with the spam."""
    conversation, by = _met(stage, cue)
    statuses.mark_spam(conversation, by=by)


def article(stage: Stage, cue: Cue) -> None:
    """Make the conversation a published article: `title`, the step's text as body, `shelf`, `signature`."""
    conversation, by = _met(stage, cue)
    options = cue.step.options
    proposed = knowledge.propose_from_conversation(conversation, by=by).article
    knowledge.save_draft(proposed, by=by, title=options["title"], body=_filled(cue))
    proposed.refresh_from_db()
    knowledge.save_details(
        proposed,
        by=by,
        category=knowledge.create_category(options["shelf"]),
        visibility=Visibility.PUBLIC,
        signatures=[options["signature"]],
        slug=proposed.slug,
    )
    knowledge.publish(proposed, by=by)


def phrase(stage: Stage, cue: Cue) -> None:
    """Add the contact's question to the article that answers the error with that `signature`."""
    conversation, by = _met(stage, cue)
    found = Article.objects.filter(signatures__contains=[cue.step.options["signature"]]).order_by("pk").first()
    if found is None:
        raise script.BadStory(f"Scene {cue.scene.key}: no article answers {cue.step.options['signature']}.")
    knowledge.attach_question(found, conversation, by=by)


def _met(stage: Stage, cue: Cue) -> tuple[Conversation, User]:
    """The scene's conversation, read by the agent of the step."""
    conversation = Conversation.objects.get(pk=stage.conversations[cue.scene.key])
    by = stage.agents[cue.step.by]
    reading.mark_read(conversation, by=by)
    return conversation, by


def _use_suggestion(conversation: Conversation, by: User) -> None:
    proposed = (
        Suggestion.objects.filter(conversation=conversation, state=SuggestionState.PROPOSED).order_by("-pk").first()
    )
    if proposed is None:
        return
    with contextlib.suppress(answers.SuggestionGone):  # its article became stale meanwhile: own words then
        answers.insert(proposed, by=by, to_edit=True)


def _copies(cue: Cue) -> list[str]:
    """The addresses of those named in `cc`."""
    return [script.cast().people[key].address for key in cue.step.options.get("cc", ())]


def _filled(cue: Cue) -> str:
    return wording.fill(cue.step.text, cue.moment, cue.scene.key)
