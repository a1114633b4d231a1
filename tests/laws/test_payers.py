"""What must hold for any payer list and any question."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.qualification.aliases import covers, is_kind_of, table
from app.qualification.book import identify
from app.qualification.lookup import lookup
from app.qualification.naming import find
from app.qualification.payers import PayerRow, PayerStatus
from tests.qualification.lists import TODAY, row

NAMES = sorted(table().payers)
PLANS = [None, "PPO", "HMO", "Gold Select", "Medicare Advantage", "All plans", "Choice, Choice Plus"]
DAYS = st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2027, 12, 31)))
ROWS = st.builds(
    row,
    st.sampled_from(NAMES),
    st.sampled_from(PLANS),
    st.sampled_from([status for status in PayerStatus if status is not PayerStatus.NOT_LISTED]),
    effective_from=DAYS,
    effective_to=DAYS,
    document=st.sampled_from(["a.pdf", "b.pdf"]),
    location=st.sampled_from([None, "North", "South"]),
)
LISTS = st.lists(ROWS, max_size=8, unique_by=lambda one: one.id).map(tuple)
ASKED = st.builds(
    lambda payer, plan: f"Do you take {payer} {plan}".strip() + "?",
    st.sampled_from(NAMES),
    st.sampled_from(["", "PPO"]),
)


@settings(max_examples=200, deadline=None)
@given(ASKED, LISTS)
def test_only_a_row_of_the_payer_that_holds_today_says_yes(question: str, rows: tuple[PayerRow, ...]) -> None:
    """The promise of the product: a payer that no row of today names is never in network."""
    for mention in find(question, rows):
        verdict = lookup(mention, rows, TODAY)
        if verdict.status is not PayerStatus.IN_NETWORK:
            continue
        deciding = verdict.rows[0]
        assert deciding.status is PayerStatus.IN_NETWORK
        assert (deciding.effective_from or TODAY) <= TODAY <= (deciding.effective_to or TODAY)
        listed, _ = identify(deciding.payer)
        pairs = [(one, asked) for one in listed for asked in mention.identities]
        program = any(table().payers[asked.payer].any_carrier for asked in mention.identities)
        assert program or any(covers(one, asked) or is_kind_of(one, asked) for one, asked in pairs)


@settings(max_examples=100, deadline=None)
@given(ASKED, LISTS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(question: str, rows: tuple[PayerRow, ...], chance) -> None:
    """A list that is read again in another order must not give another answer."""
    shuffled = list(rows)
    chance.shuffle(shuffled)
    for one, other in zip(find(question, rows), find(question, tuple(shuffled)), strict=True):
        assert lookup(one, rows, TODAY) == lookup(other, tuple(shuffled), TODAY)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), LISTS)
def test_no_general_sentence_beats_a_no(payer: str, rows: tuple[PayerRow, ...]) -> None:
    """ "We take all insurance" on a poster must not undo the line that says no."""
    denial = row(payer, None, PayerStatus.NOT_ACCEPTED, all_plans=True, document="no.pdf")
    general = row("", None, PayerStatus.IN_NETWORK, general=True)
    others = tuple(one for one in rows if one.payer != payer)
    for mention in find(f"Do you take {payer}?", (*others, denial)):
        if [identity.payer for identity in mention.identities] != [payer]:
            continue
        without, with_it = (lookup(mention, (*others, denial, *more), TODAY) for more in ((), (general,)))
        assert with_it.status is without.status
        assert with_it.status is not PayerStatus.IN_NETWORK


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), LISTS)
def test_any_text_can_be_read(text: str, rows: tuple[PayerRow, ...]) -> None:
    """A patient may type anything; nothing may break on it."""
    for mention in find(text, rows):
        lookup(mention, rows, TODAY)
