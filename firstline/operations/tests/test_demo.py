"""The demo desk: loaded whole, nothing pending, nothing readable that should be sealed."""

import time

import pytest

pytestmark = pytest.mark.django_db


def test_load():
    from firstline.operations import demo
    t = time.process_time()
    import cProfile, pstats
    pr = cProfile.Profile(time.process_time); pr.enable()
    s = demo.load()
    pr.disable(); pstats.Stats(pr).sort_stats("cumtime").print_stats(45); pstats.Stats(pr).sort_stats("tottime").print_stats(25)
    print(s, time.process_time() - t)
    from django.db import connection
    from collections import Counter
    from firstline.intake.models import InboundItem
    print(Counter(InboundItem.objects.values_list("outcome", flat=True)))
    from firstline.conversations.models import Conversation
    print(Counter(Conversation.objects.values_list("status", flat=True)))
