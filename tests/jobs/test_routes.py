"""A way out that is down is probed gently, delays nobody else, and opens for all at its first success."""

from datetime import timedelta

import pytest

from app.errors import JobError, Operator, Permanent, Transient
from tests.jobs.queues import POLICY, Queue

DOWN = Transient("connection refused", scope="route")


def bring_down(queue: Queue, error: JobError = DOWN, route: str = "email") -> None:
    """Until it is probed at the longest wait only."""
    for _ in range(6):
        claimed = queue.must_claim()
        assert claimed.route == route
        queue.fail(claimed, error)
        queue.later(POLICY.cap_s)


def test_a_route_that_is_down_is_probed_once_a_minute_with_one_notice(queue: Queue) -> None:
    """A thousand notices that knock on a broken server's door keep it broken, and fill its log."""
    for _ in range(20):
        queue.put()
    bring_down(queue)
    tries = 0
    for _ in range(600):
        claimed = queue.claim()
        if claimed is not None:
            assert queue.claim("b") is None, "a second one beside the probe"
            queue.fail(claimed, DOWN)
            tries += 1
        queue.later(1)
    assert 9 <= tries <= 10


def test_the_first_success_makes_everything_due_at_once(queue: Queue) -> None:
    """The mail server is back at 8: the night's referrals must be there at 8, not in the course of the morning."""
    for _ in range(20):
        queue.put()
    bring_down(queue)
    queue.finish(queue.must_claim())
    arrived = 1
    while (claimed := queue.claim()) is not None:
        queue.finish(claimed)
        arrived += 1
    assert arrived == 20


def test_an_ambiguous_ending_waits_out_its_time_even_then(queue: Queue) -> None:
    """Else a server that comes back shakily gets the copy that the long wait was to spare."""
    unsure, other = queue.put(), queue.later(0.1).put()
    queue.fail(queue.must_claim(), Transient("data: reply lost", ambiguous=True, scope="route"))
    queue.later(POLICY.base_s)
    second = queue.must_claim()
    assert (second.id, second.probe) == (other, True)
    queue.finish(second)
    assert queue.claim() is None
    assert queue.later(POLICY.ambiguous_wait_s).must_claim().id == unsure


def test_each_probe_takes_another_notice(queue: Queue) -> None:
    """A message that breaks its server each time must not be the only one that ever asks; and a server that stores
    and then hangs up gets each mail once instead of one mail fifty times."""
    for _ in range(5):
        queue.later(0.01).put()
    asked = []
    for _ in range(5):
        claimed = queue.must_claim()
        asked.append(claimed.id)
        queue.fail(claimed, DOWN)
        queue.later(POLICY.cap_s)
    assert len(set(asked)) == 5


def test_one_hiccup_is_one_failure(queue: Queue) -> None:
    """Three mails were on their way when the server restarted: that is not a server that failed three times."""
    for _ in range(3):
        queue.put()
    flying = [queue.must_claim(name) for name in "abc"]
    for claimed in flying:
        queue.fail(claimed, DOWN)
    route = queue.route()
    assert route is not None
    assert route.failures == 1
    assert route.probe_at <= queue.now + timedelta(seconds=POLICY.base_s)


def test_a_busy_server_that_refuses_some_gets_the_rest(queue: Queue) -> None:
    """421 too many connections: the others go on, the refused one waits by itself."""
    for _ in range(3):
        queue.put()
    first, second, third = [queue.must_claim(name) for name in "abc"]
    queue.fail(first, Transient("421 too busy", scope="route"))
    queue.finish(second)
    assert queue.route() is None
    queue.put()
    assert queue.must_claim().id != first.id
    queue.finish(third)


def test_another_route_is_not_delayed(queue: Queue) -> None:
    """The mail server is down; the clinic's Slack still hears of the referral at once."""
    for _ in range(4):
        queue.put("email")
    bring_down(queue)
    slack = queue.put("slack:dest_1")
    assert slack in {claimed.id for name in "ab" if (claimed := queue.claim(name)) is not None}


@pytest.mark.parametrize(
    ("routes", "most"),
    [
        (["email"] * 6, 3),
        (["webhook:dest_1"] * 6, 1),
        ([f"webhook:dest_{n}" for n in range(6)], 2),
        (["email"] * 6 + [f"slack:dest_{n}" for n in range(6)], 5),
    ],
)
def test_no_kind_of_route_can_fill_every_thread(queue: Queue, routes: list[str], most: int) -> None:
    """Six webhooks that hang for 30 seconds each, or a mail server that does, must leave a thread for the others. (The
    threads themselves are four.)"""
    for route in routes:
        queue.put(route)
    flying = [claimed for n in range(12) if (claimed := queue.claim(f"w{n}")) is not None]
    assert len(flying) == most


def test_probes_of_webhooks_that_hang_leave_a_place_for_one_that_works(queue: Queue) -> None:
    """Three broken webhooks that are probed for 30 of every 60 seconds would else starve a fourth."""
    for n in range(3):
        queue.put(f"webhook:dest_{n}")
        queue.fail(queue.must_claim(), DOWN)
    queue.later(POLICY.cap_s)
    probing = queue.must_claim("a")
    assert probing.probe
    assert queue.claim("b") is None, "two probes at a time"
    works = queue.put("webhook:dest_9")
    assert queue.must_claim("c").id == works


def test_an_answer_about_one_message_says_that_the_route_works(queue: Queue) -> None:
    """The server is up again and the first thing it says is that one mailbox does not exist."""
    for _ in range(3):
        queue.put()
    bring_down(queue)
    assert queue.fail(queue.must_claim(), Permanent("550 no such user")) == "dead"
    assert queue.route() is None
    assert queue.claim() is not None


def test_a_bug_of_ours_says_nothing_about_the_route(queue: Queue) -> None:
    """A notice that cannot be rendered never reached the server."""
    for _ in range(2):
        queue.put()
    bring_down(queue)
    queue.fail(queue.must_claim(), Transient("unexpected KeyError"), answered=False)
    assert queue.route() is not None


def test_a_wrong_password_holds_everything_and_kills_nothing(queue: Queue) -> None:
    """The password was changed on Friday and is mended the Friday after: every referral of that week must go out."""
    ids = [queue.put() for _ in range(3)]
    assert queue.fail(queue.must_claim(), Operator("535 bad password")) == "held"
    assert {moved.state for moved in queue.move()} == {"held"}
    assert [job.state for job in queue.jobs()] == ["held"] * 3
    ids.append(queue.later(60).put())
    assert [moved.id for moved in queue.move()] == [ids[-1]]
    tries = 0
    for _ in range(7 * 24 * 60):
        claimed = queue.claim()
        if claimed is not None:
            tries += 1
            queue.fail(claimed, Operator("535 bad password"))
        queue.later(60)
        if tries > 20:
            queue.later(7 * 86400)
            break
    assert queue.move() == []
    probe = queue.must_claim()
    assert queue.fail(probe, Transient("451 try later")) == "pending", "its horizon must begin anew"
    arrived = set()
    for _ in range(300):
        if (claimed := queue.later(1).claim()) is not None:
            queue.finish(claimed)
            arrived.add(claimed.id)
    assert arrived == set(ids)


def test_a_wrong_password_is_tried_once_a_minute_at_most(queue: Queue) -> None:
    """Many wrong sign-ins lock the clinic's mail account."""
    for _ in range(10):
        queue.put()
    tries = 0
    for _ in range(300):
        if (claimed := queue.claim()) is not None:
            queue.fail(claimed, Operator("535 bad password"))
            queue.move()
            tries += 1
        queue.later(1)
    assert tries == 5


def test_a_restart_with_other_settings_tries_at_once_and_with_the_same_waits(queue: Queue) -> None:
    """Who has just mended the password wants to see that it works; a desk that restarts in a loop must not lock the
    account."""
    queue.put()
    queue.fail(queue.must_claim(), Operator("535 bad password"))
    queue.later(1).restart()
    assert queue.claim() is None
    queue.restart("another password")
    assert queue.claim() is not None


def test_retry_by_hand_probes_soon_but_not_each_second(queue: Queue) -> None:
    """The person who pressed Retry looks at the page; one who presses it ten times must not lock the account."""
    job = queue.put()
    queue.fail(queue.must_claim(), Operator("535 bad password"))
    tries = 0
    for _ in range(30):
        queue.later(1).retry(job)
        if (claimed := queue.claim()) is not None:
            queue.fail(claimed, Operator("535 bad password"))
            tries += 1
    assert tries == 3


def test_old_notices_of_a_dead_route_are_dead_together_after_a_last_try(queue: Queue) -> None:
    """Three thousand notices that die one a minute would alert for two days; and none may die untried because the
    clock went on while the desk was off."""
    for _ in range(5):
        queue.put()
    bring_down(queue)
    queue.later(POLICY.horizon_s)
    assert queue.move() == []
    assert queue.fail(queue.must_claim(), DOWN) == "dead"
    assert [moved.state for moved in queue.move()] == ["dead"] * 4
    assert {job.state for job in queue.jobs()} == {"dead"}


def test_a_route_that_waits_for_nothing_else_heeds_retry_after(queue: Queue) -> None:
    """503 with Retry-After: 300 from a webhook: knocking sooner gets the clinic blocked."""
    queue.put("webhook:dest_1")
    queue.fail(queue.must_claim(), Transient("503", retry_after_s=300, scope="route"))
    assert queue.later(299).claim() is None
    assert queue.later(1).claim() is not None
