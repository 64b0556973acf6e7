from datetime import timedelta

import pytest
from django.utils import timezone

from duels.models import Update
from duels.models.claims import LEASE_SECONDS, RENEW_SECONDS

pytestmark = pytest.mark.django_db
WAITING = Update.Status.WAITING


@pytest.fixture(autouse=True)
def _three_wait() -> None:
    Update.objects.bulk_create(Update(update_id=number, payload={}) for number in (1, 2, 3))


def claim(most: int) -> list[int]:
    return [update.update_id for update in Update.objects.order_by("update_id").claim(most, WAITING)]


def test_what_is_claimed_is_nobody_elses() -> None:
    assert [claim(2), claim(2), claim(2)] == [[1, 2], [3], []]


def test_a_lease_runs_out_by_itself() -> None:
    claim(3)
    Update.objects.filter(update_id=2).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(3) == [2]
    assert Update.objects.get(update_id=2).tries == 2


def test_a_holder_that_lives_keeps_its_lease() -> None:
    [update] = Update.objects.filter(update_id=1).claim(1, WAITING)
    Update.objects.update(lease_until=timezone.now() + timedelta(seconds=0.1))
    assert Update.objects.renew(update.lease_holder) == 1
    almost = timezone.now() + timedelta(seconds=LEASE_SECONDS / 2)
    assert Update.objects.filter(update_id=1, lease_until__gt=almost).exists()
    assert 2 * RENEW_SECONDS < LEASE_SECONDS


def test_a_holder_whose_lease_ran_out_learns_that_the_work_is_anothers() -> None:
    [update] = Update.objects.filter(update_id=1).claim(1, WAITING)
    Update.objects.update(lease_until=None)
    claim(1)
    assert Update.objects.renew(update.lease_holder) == 0


def test_what_is_given_back_is_free_at_once_or_later() -> None:
    [one] = Update.objects.filter(update_id=1).claim(1, WAITING)
    Update.objects.release(one.lease_holder)
    assert claim(1) == [1]
    [two] = Update.objects.filter(update_id=2).claim(1, WAITING)
    Update.objects.release(two.lease_holder, delay=60)
    assert claim(3) == [3]


def test_what_is_done_is_not_claimed() -> None:
    Update.objects.filter(update_id__lt=3).update(status="done")
    assert claim(3) == [3]


def test_a_row_is_taken_as_it_was_read_or_not_at_all() -> None:
    one, same = (Update.objects.get(update_id=1) for _ in range(2))
    assert one.take(WAITING)
    assert (one.tries, Update.objects.get(update_id=1).lease_holder) == (1, one.lease_holder)
    Update.objects.update(lease_until=None)
    assert not same.take(WAITING), "somebody has had it since"
    again = Update.objects.get(update_id=1)
    assert again.take(WAITING)
    assert not Update.objects.get(update_id=1).take(WAITING), "it is held"
