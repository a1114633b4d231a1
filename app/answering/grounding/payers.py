"""Whether a sentence speaks of whose insurance is taken. That is said from rows of payers, in the desk's own words, so
no paper supports it here."""

from app.answering.grounding.vocabulary import vocabulary
from app.answering.terms import fold
from app.qualification.naming import find


def speaks_of_payers(text: str) -> bool:
    """Whether it says that a payer, or insurance at all, is or is not accepted or in network."""
    talk, folded = vocabulary().talk, fold(text)
    if talk["insurers"].search(folded) and talk["takes"].search(folded):
        return True
    return bool(talk["acceptance"].search(folded)) and bool(find(text))
