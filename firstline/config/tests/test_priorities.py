"""What a crash left behind does not wait behind what is merely waiting."""

from procrastinate.contrib.django import app

from firstline.config.reactions import REACTIONS


def test_lost_mails_and_replies_come_before_everything_that_follows_from_new_ones() -> None:
    following = [one for reactions in REACTIONS.values() for one in reactions]
    queued = {one.task: one.priority for one in following}
    sweep, settle = app.tasks["intake.sweep"].priority, app.tasks["conversations.settle"].priority
    assert sweep > queued["intake.process"]
    assert settle > queued["conversations.deliver"]
    assert min(sweep, settle) > max(one.priority for one in following if one.queue in {"answers", "search"})
