"""Merging, splitting and linking at their doors."""

import pytest
from django.test import Client

from firstline.conversations.actions import drafting, merging, noting, promising, replying, statuses
from firstline.conversations.models import Conversation, Draft, Link, LinkKind, Resolution, Status
from firstline.core import clock
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions


def test_merge_moves_everything_and_late_replies_follow(ada: Client, people: People) -> None:
    old, new = factories.conversation(people, "Asked first"), factories.conversation(people, "Asked again")
    noting.add_note(old, by=people.ada, text="She rang, too.")
    promising.promise(old, clock.now(), by=people.ada)
    drafting.save_draft(old, by=people.ada, mode="reply", text="From the old one")
    drafting.save_draft(new, by=people.ada, mode="reply", text="From the new one")
    strand = old.strands.get()
    page = f"/conversations/{old.pk}/merge/"
    assert ada.post(page, {"other": f"#{new.pk}"}).headers["Location"] == f"/conversations/{new.pk}/"
    old.refresh_from_db()
    assert (old.merged_into, old.status, old.resolution) == (new, Status.RESOLVED, Resolution.DUPLICATE)
    assert (new.messages.count(), new.notes.count(), new.promises.count()) == (2, 1, 1)
    assert Draft.objects.get(user=people.ada).text == "From the new one\n\nFrom the old one"

    statuses.resolve(new, by=people.ada)
    strand.refresh_from_db()
    late = factories.answers(new, people.casey, factories.mail("Re: Asked first", "And one more thing"))
    assert (late.conversation, strand.conversation) == (new, new)
    new.refresh_from_db()
    assert new.status == Status.OPEN
    assert ada.get(f"/desk/mine/{old.pk}/").headers["Location"] == f"/desk/mine/{new.pk}/"
    ada.post(f"/conversations/{old.pk}/reply/", {"text": "Sent from a page that was open before"})
    assert new.messages.filter(text__startswith="Sent from a page").exists()


def test_merge_stays_flat_and_refuses_itself(ada: Client, people: People) -> None:
    first, second, third = (factories.conversation(people, f"Number {n}") for n in range(3))
    merging.merge(first, second, by=people.ada)
    merging.merge(second, third, by=people.ada)
    assert set(third.merged.all()) == {first, second}
    assert ada.post(f"/conversations/{third.pk}/merge/", {"other": third.pk}).status_code == 400
    assert ada.post(f"/conversations/{third.pk}/merge/", {"other": first.pk}).status_code == 400
    assert ada.post(f"/conversations/{third.pk}/merge/", {"other": "9" * 30}).status_code == 400


def test_nobody_merges_into_what_they_can_not_see(ada: Client, people: People) -> None:
    mine = factories.conversation(people)
    theirs = factories.arrives(people.other_inbox, people.casey, factories.mail()).conversation
    assert ada.post(f"/conversations/{mine.pk}/merge/", {"other": theirs.pk}).status_code == 400
    assert ada.post(f"/conversations/{mine.pk}/link/", {"other": theirs.pk}).status_code == 400


def test_split_keeps_the_author_and_their_answers_follow(ada: Client, people: People) -> None:
    old = factories.conversation(people, "Tokens")
    other = factories.answers(old, people.casey, factories.mail("Something else: billing", "Where are my invoices?"))
    ada.post(f"/messages/{other.pk}/split/")
    other.refresh_from_db()
    new = other.conversation
    assert new != old
    assert (new.subject, new.contact) == ("Something else: billing", old.contact)
    assert other.author_identity == people.casey
    assert Link.objects.get(conversation=new, other=old).kind == LinkKind.SPLIT
    replying.reply(new, by=people.ada, text="In your settings.")
    assert new.messages.latest("pk").strand_id == other.strand_id
    old.refresh_from_db()
    assert old.last_preview.startswith("Global installs")


def test_the_only_message_and_ours_stay(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    only = conversation.messages.get()
    assert ada.post(f"/messages/{only.pk}/split/").status_code == 400
    ours = replying.reply(conversation, by=people.ada, text="Hello")
    assert ada.post(f"/messages/{ours.pk}/split/").status_code == 400


def test_links_show_at_both_ends(ada: Client, people: People) -> None:
    first, second = factories.conversation(people, "One end"), factories.conversation(people, "Other end")
    ada.post(f"/conversations/{first.pk}/link/", {"other": second.pk, "kind": "follow_up"})
    assert "Follows from" in ada.get(f"/desk/open/{first.pk}/").content.decode()
    assert "Is followed by" in ada.get(f"/desk/open/{second.pk}/").content.decode()
    ada.post(f"/conversations/{second.pk}/link/", {"other": first.pk, "drop": "1"})
    assert not Link.objects.exists()


@pytest.mark.parametrize("who", ["ada", "rita"])
def test_merge_is_for_those_who_see_both(people: People, who: str) -> None:
    old, new = factories.conversation(people), factories.conversation(people)
    client = Client()
    client.force_login(getattr(people, who))
    client.post(f"/conversations/{old.pk}/merge/", {"other": new.pk})
    assert Conversation.objects.filter(merged_into=new).exists() is (who == "ada")
    run_reactions()
