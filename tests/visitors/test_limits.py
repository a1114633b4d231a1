"""Too much at once is slowed, with a sentence that a patient can read; and only for whoever asks too much."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from litestar.connection import ASGIConnection

from app.clock import system_clock
from app.errors import Misconfigured, TooMany
from app.store.buckets import Buckets, Charge
from app.web.address import address_of, network_of, scheme_of
from app.web.rate import Asked, Limit, RateLimiter, parse_limits
from tests.visitors.conftest import USUAL, Hall, every_request

KEY = b"k" * 32
DEFAULT = "visitor=30/min,address=120/min,clinic=600/min"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        """Lets time pass; negative is a clock that was set back."""
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def limiter(folder: Path, clock: Clock, text: str = DEFAULT) -> RateLimiter:
    """Counts in a file of its own."""
    return RateLimiter(parse_limits(text), Buckets(folder / "limits.db", KEY, clock))


def passes(counting: RateLimiter, asked: Asked) -> bool:
    """Whether the request is let in."""
    try:
        counting.check(asked)
    except TooMany:
        return False
    return True


def talker(number: int, address: str = "203.0.113.7") -> Asked:
    """A message of one visitor."""
    return Asked(address, "clinic_a", f"token{number}", f"conv{number}", turn=True)


def test_fifty_patients_behind_one_address_talk_at_their_pace(tmp_path: Path, clock: Clock) -> None:
    """A clinic's waiting room, a hospital or a whole town may share one address."""
    counting = limiter(tmp_path, clock)
    for _ in range(50):
        assert passes(counting, Asked("203.0.113.7", "clinic_a"))  # the page
        assert passes(counting, Asked("203.0.113.7", "clinic_a", opens=True))
        clock.later(seconds=0.5)
    for _ in range(60):  # ten minutes, a message each ten seconds
        for number in range(50):
            assert passes(counting, talker(number))
        clock.later(seconds=10)


def test_an_abuser_behind_the_same_address_is_slowed_first(tmp_path: Path, clock: Clock) -> None:
    """Whoever hurries meets the limit of their own token, while the others go on."""
    counting = limiter(tmp_path, clock)
    flood = [passes(counting, talker(99)) for _ in range(200)]
    assert flood.count(True) == 30
    for _ in range(20):
        passes(counting, talker(99))
        for number in range(20):
            assert passes(counting, talker(number))
        clock.later(seconds=10)


def test_one_address_cannot_use_up_a_clinics_limit(tmp_path: Path, clock: Clock) -> None:
    """A flood from one place with as many conversations as it can open leaves room for a patient elsewhere."""
    counting = limiter(tmp_path, clock)
    opened = sum(passes(counting, Asked("203.0.113.7", "clinic_a", opens=True)) for _ in range(500))
    assert opened == 60
    clock.later(minutes=2)
    for _ in range(40):
        for number in range(opened):
            passes(counting, talker(number))
    assert passes(counting, talker(1000, "198.51.100.4"))


def test_every_limit_stands_alone(tmp_path: Path, clock: Clock) -> None:
    """Per token, conversation, address, clinic, new conversations and turns a day."""
    text = "visitor=1000/min,conversation=5/min,address=1000/min,clinic=50/min,openings=3/h,turns=7/day"
    counting = limiter(tmp_path, clock, text)
    by_two_tokens = [passes(counting, Asked("a", "c1", f"token{n % 2}", "conv")) for n in range(6)]
    assert by_two_tokens == [True] * 5 + [False]
    assert [passes(counting, Asked("b", "c1", opens=True)) for _ in range(4)] == [True] * 3 + [False]
    assert [passes(counting, Asked(f"{n}", "c2")) for n in range(51)] == [True] * 50 + [False]
    clock.later(minutes=5)
    turns = []
    for _ in range(8):
        turns.append(passes(counting, Asked("d", "c3", "t", "conv2", turn=True)))
        clock.later(minutes=1)
    assert turns == [True] * 7 + [False]
    assert passes(counting, Asked("d", "c3", "t", "conv2"))


def test_the_wait_is_true(tmp_path: Path, clock: Clock) -> None:
    """Whoever waits as long as they were told is let in, and a second earlier is not."""
    counting = limiter(tmp_path, clock, "visitor=4/min,address=1000/min")
    for _ in range(4):
        counting.check(talker(1))
    with pytest.raises(TooMany) as refused:
        counting.check(talker(1))
    assert refused.value.retry_after_s == 15
    clock.later(seconds=14)
    assert not passes(counting, talker(1))
    clock.later(seconds=1)
    assert passes(counting, talker(1))


def test_counts_outlive_a_restart_and_name_nobody(tmp_path: Path, clock: Clock) -> None:
    """A crash loop must not be a way around the limits; the file must not be a list of who came when."""
    first = limiter(tmp_path, clock, "visitor=2/min")
    assert [passes(first, talker(1)) for _ in range(3)] == [True, True, False]
    again = limiter(tmp_path, clock, "visitor=2/min")  # the first was never closed: kill -9
    assert not passes(again, talker(1))
    again.close()
    first.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("limits.db*"))
    assert not any(word in raw for word in (b"203.0.113.7", b"token1", b"conv1", b"SQLite format"))


def test_a_clock_that_is_set_back_locks_nobody_out(tmp_path: Path, clock: Clock) -> None:
    """An hour back would otherwise be an hour of waiting."""
    counting = limiter(tmp_path, clock, "visitor=2/min")
    for _ in range(3):
        passes(counting, talker(1))
    clock.later(days=-30)
    clock.later(minutes=1)
    assert passes(counting, talker(1))


@pytest.mark.parametrize("spoilt", ["garbage", "another key", "a folder"])
def test_a_file_that_cannot_be_used_stops_nobody(tmp_path: Path, clock: Clock, spoilt: str) -> None:
    """Limits protect; a patient who cannot write because of them is worse than one too many who can."""
    path = tmp_path / "limits.db"
    if spoilt == "garbage":
        path.write_bytes(secrets.token_bytes(8192))
    elif spoilt == "another key":
        Buckets(path, b"x" * 32, clock).close()
    else:
        path.mkdir()
    counting = limiter(tmp_path, clock, "visitor=2/min")
    assert [passes(counting, talker(1)) for _ in range(3)] == [True, True, False]
    counting.close()


def test_a_disk_that_fails_while_it_runs_stops_nobody(tmp_path: Path, clock: Clock) -> None:
    """Disks fill up at night."""
    buckets = Buckets(tmp_path / "limits.db", KEY, clock)
    charge = Charge("visitor:x", 2, 60)
    assert buckets.take([charge]) is None
    buckets._file.execute("DROP TABLE bucket")  # what any failing statement looks like from here
    assert [buckets.take([charge]) is None for _ in range(3)] == [True, True, False]
    buckets.close()


def test_old_counts_are_swept(tmp_path: Path) -> None:
    """A file that only grows would fill the disk of a busy install."""
    buckets = Buckets(tmp_path / "limits.db", KEY, system_clock())
    for number in range(6_000):
        buckets.take([Charge(f"address:{number}", 1000, 0.01)])
    (left,) = buckets._file.execute("SELECT count(*) FROM bucket").fetchone()
    assert left <= 2_000
    buckets.close()


WRONG = ["visitor=0/min", "visitor=-1/min", "visitor=30/week", "nobody=3/min", "visitor=30", "", "visitor=1000001/min"]
WRONG += ["visitor=3/min,visitor=4/min", "visitor=3/min,,clinic=4/min", "visitor=99999999999999999999/s", "OFF"]


@pytest.mark.parametrize("text", WRONG)
def test_a_limit_that_cannot_be_right_stops_the_start(text: str) -> None:
    """A limit of none by a typing mistake would be found out by the wrong people."""
    with pytest.raises(Misconfigured, match="RATE_LIMITS"):
        parse_limits(text)


def test_what_is_not_named_keeps_its_default() -> None:
    """`visitor=60/min` must not switch off all others."""
    limits = parse_limits("visitor=60/min")
    assert limits["address"] == Limit(120, 60)
    assert limits["conversation"] == Limit(120, 60)
    assert limits["turns"] == Limit(200, 86_400)
    assert parse_limits("off") == {}


def test_every_route_is_limited_and_says_so_in_the_patients_language(halls: Callable[..., Hall]) -> None:
    """Reading and leaving have room of their own, but no route is without a limit."""
    here = halls(rate_limits="visitor=2/min,address=1000/min,clinic=1000/min,openings=1000/h")
    texts = {}
    for method, path, _ in every_request(here.open()):
        talk = here.open()
        if method == "POST":
            talk.say("Hola, necesito ayuda con mi rodilla")
        bodies = [body for m, p, body in every_request(talk) if (m, p) == (method, path)]
        first = talk.call("GET") if method != "POST" else talk.say("¿Aceptan mi seguro?")
        assert first.status_code == 200
        if method != "POST":
            talk.call("GET")
        answer = talk.call(method, path, bodies[0])
        assert answer.status_code == 429, (method, path, answer.text)
        assert int(answer.headers["retry-after"]) >= 1
        error = answer.json()["error"]
        assert error["code"] == "too_many"
        assert "+12025550143" in error["remedy"]
        texts[method] = error["message"]
    assert "Espere un momento" in texts["POST"]
    assert "Please wait a moment" in texts["GET"]


def test_pages_and_the_form_are_limited_and_readable(halls: Callable[..., Hall]) -> None:
    """A person sees these, not a program; and what they typed is still in the form."""
    here = halls(rate_limits="address=6/min,clinic=1000/min,openings=1000/h")
    consent = here.consent()
    pages = [here.client.get("/chat/harbor?lang=es") for _ in range(6)]
    assert [page.status_code for page in pages] == [200] * 5 + [429]
    assert pages[-1].headers["content-type"].startswith("text/html")
    assert int(pages[-1].headers["retry-after"]) >= 1
    assert "Espere un momento" in pages[-1].text
    assert "frame-ancestors https://www.harbor.example" in pages[-1].headers["content-security-policy"]
    form = {"form_token": "x", "action": "referral", "consent": consent, **USUAL}
    sent = here.client.post("/chat/harbor", data=form)
    assert sent.status_code == 429
    assert USUAL["reason"] in sent.text
    assert here.client.get("/api/v1/clinics/harbor").status_code == 429
    assert here.client.get("/chat/harbor/received/x").status_code == 429


def seen_as(proxies: int, peer: str, *headers: tuple[bytes, bytes]) -> str:
    """The address that limits count by."""
    scope = {"type": "http", "headers": list(headers), "client": (peer, 1), "scheme": "http"}
    return address_of(ASGIConnection(scope), proxies)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, [b"198.51.100.1"], "192.0.2.9"),
        (0, [b"198.51.100.1, 198.51.100.2"], "192.0.2.9"),
        (1, [], "192.0.2.9"),
        (1, [b"198.51.100.1"], "198.51.100.1"),
        (1, [b"203.0.113.66, 198.51.100.1"], "198.51.100.1"),
        (1, [b"203.0.113.66", b"198.51.100.1"], "198.51.100.1"),
        (2, [b"198.51.100.1"], "192.0.2.9"),
        (2, [b"198.51.100.1, 192.0.2.1"], "198.51.100.1"),
        (2, [b"203.0.113.66, 198.51.100.1, 192.0.2.1"], "198.51.100.1"),
    ],
)
def test_what_a_visitor_claims_about_its_address_does_not_count(
    proxies: int, forwarded: list[bytes], expected: str
) -> None:
    """Otherwise each request could come from an address of its own, and no limit would ever be met."""
    lies = [(b"forwarded", b"for=203.0.113.66"), (b"x-real-ip", b"203.0.113.66"), (b"client-ip", b"203.0.113.66")]
    given = [(b"x-forwarded-for", line) for line in forwarded]
    assert seen_as(proxies, "192.0.2.9", *lies, *given) == expected


@pytest.mark.parametrize(
    ("proxies", "said", "scheme"),
    [(0, b"https", "http"), (1, b"https", "https"), (1, b"javascript", "http"), (1, b"http, https", "https")],
)
def test_the_scheme_is_a_proxys_word_only_where_there_is_one(proxies: int, said: bytes, scheme: str) -> None:
    """A page of plain http must not pass for https."""
    scope = {"type": "http", "headers": [(b"x-forwarded-proto", said)], "client": ("192.0.2.9", 1), "scheme": "http"}
    assert scheme_of(ASGIConnection(scope), proxies) == scheme  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5123", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_limits_count_by_network(address: str, network: str) -> None:
    """One phone has 2**64 addresses of IPv6, and some proxies write the port."""
    assert network_of(address) == network
