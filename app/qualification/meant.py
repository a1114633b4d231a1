"""Whether a word that is also an ordinary one is meant as an insurer's name: "Oscar", "VA", "united"."""

from collections.abc import Sequence

from app.qualification.aliases import Alias
from app.qualification.book import Book, products_of
from app.qualification.plan_said import Vocabulary
from app.qualification.speech import among, pattern
from app.qualification.words import Word


def is_about_cover(folded: str, said: Sequence[Word]) -> bool:
    """Whether insurance is the talk, or so little is said that a bare name may be meant."""
    return bool(pattern("insured").search(folded)) or len(said) <= 4


def is_spanish(folded: str) -> bool:
    """Whether small words of Spanish stand in it."""
    return bool(pattern("spanish").search(folded))


def is_meant(folded: str, run: Sequence[Word], said: Sequence[Word], alias: Alias, book: Book) -> bool:
    """True for what is taken, held or called an insurance, and for a name alone; `run` are the name's words."""
    before, after = folded[: run[0].start], folded[run[-1].end :]
    if is_spanish(folded) and run[0].text in ("va", "medica") and not run[0].raw[0].isupper():
        return False
    if len(said) - len(run) <= 4 and all(word.text in among("alone") for word in said if word not in run):
        return True
    if pattern("noun").match(after) or _product_follows(run, said, alias, book):
        return True
    if not pattern("object").match(after):
        return False
    if pattern("take").search(before) or pattern("own").search(before):
        return True
    return bool(pattern("have").search(before) and pattern("money").search(folded)) and run[0].raw[0].isupper()


def _product_follows(run: Sequence[Word], said: Sequence[Word], alias: Alias, book: Book) -> bool:
    """Whether a word of one of its plans comes next."""
    at = said.index(run[-1]) + 1
    if at >= len(said) or said[at].apart:
        return False
    if said[at].text in among("common") | among("edges") | among("followers"):
        return False
    return bool(Vocabulary(products_of(alias.identities), book.plan_words(alias.identities)).read(said[at]))
