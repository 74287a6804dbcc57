"""One person, one identity, also when their first two mails are taken in at the same moment."""

import threading

import pytest
from django.db import connection, transaction

from firstline.contacts import actions
from firstline.contacts.models import Contact, ContactIdentity

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.mark.django_db(transaction=True)
def test_two_first_mails_at_once_make_one_contact() -> None:
    made: list[ContactIdentity] = []
    begun = threading.Event()

    def slower() -> None:
        begun.wait()
        made.append(actions.identify(channel="email", address="casey@once.example", name="Casey"))
        connection.close()

    other = threading.Thread(target=slower)
    other.start()
    with transaction.atomic():
        made.append(actions.identify(channel="email", address="casey@once.example", name="Casey"))
        begun.set()
        while other.is_alive():
            with connection.cursor() as cursor:
                cursor.execute(WAITING)
                if cursor.fetchone() != (0,):
                    break
    other.join()
    assert made[0] == made[1]
    assert Contact.objects.count() == ContactIdentity.objects.count() == 1
