"""The reply to a choice that was asked back: "the PPO" after "Do you take Cigna?"."""

from app.qualification.book import products_of, read_book
from app.qualification.naming import Mention, find
from app.qualification.payers import PayerRow
from app.qualification.plan_said import Vocabulary
from app.qualification.speech import pattern
from app.qualification.words import fold_in_place, split

LONGEST = 14


def completed(question: str, reply: str, rows: tuple[PayerRow, ...]) -> str | None:
    """`question` with the plan, payer or location of `reply` put in; None when the reply names none."""
    named = find(question, rows)
    straight = " ".join(reply.replace("’", "'").split())
    opening = pattern("opening").match(fold_in_place(straight))
    bare = straight[opening.end() if opening else 0 :].strip(" .!?,")
    if len(named) != 1 or not bare or len(split(bare)) > LONGEST:
        return None
    asked = named[0]
    together = f"{question[asked.start : asked.end]} {bare}"
    found = find(together, rows)
    known = _names_a_plan(bare, asked, rows)
    if len(found) == 1 and ((known and found[0].plan != asked.plan) or found[0].location != asked.location):
        return f"{question[: asked.start]}{together}{question[asked.end :]}"
    if len(find(bare, rows)) == 1:
        return f"{question[: asked.start]}{bare}{question[asked.end :]}"
    return None


def _names_a_plan(reply: str, asked: Mention, rows: tuple[PayerRow, ...]) -> bool:
    """Whether a word of `reply` is one of plans. Behind a payer any word may be a plan that no list knows, but a bare
    reply may as well answer what else the desk asked: a name, a place."""
    known = Vocabulary(products_of(asked.identities), read_book(rows).plan_words(asked.identities))
    return any(known.names(word) for word in split(reply))


def is_vague(reply: str) -> bool:
    """Whether the patient cannot tell either."""
    return len(split(reply)) <= LONGEST and bool(pattern("vague").search(fold_in_place(reply.replace("’", "'"))))
