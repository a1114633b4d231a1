"""The reply to a choice that was asked back: "the PPO" after "Do you take Cigna?"."""

import re

from app.qualification.naming import find
from app.qualification.payers import PayerRow
from app.qualification.words import fold, words

LONGEST = 14
_OPENING = re.compile(
    r"^(?:(?:well|oh|um|uh|so|yes|yeah|ok|i think|i believe|i guess|it's|its|it is|that's|i have|i've got|we have|mine is|"
    r"my plan is|my card says|it says|the card says|creo que|pienso que|es|tengo|tenemos|el mio es|mi tarjeta dice|dice|"
    r"si|pues|the|el|la|un|una|a|an)\b[\s,:]*)+",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:not sure|unsure|no idea|(?:don'?t|do not|dont) (?:know|remember|have (?:it|the card|my card))|no clue|can'?t (?:say|tell|remember)|"
    r"whatever|any of them|either|which one|what do you mean|no se|no lo se|no estoy segur[oa]|no recuerdo|no tengo idea|cualquiera|"
    r"idk|dunno|the regular one|normal one|just (?:the )?normal)\b"
)


def completed(question: str, reply: str, rows: tuple[PayerRow, ...]) -> str | None:
    """`question` with the plan, payer or location of `reply` put in; None when the reply names none."""
    named = find(question, rows)
    bare = _OPENING.sub("", " ".join(reply.replace("’", "'").split())).strip(" .!?,")
    if len(named) != 1 or not bare or len(words(bare)) > LONGEST:
        return None
    asked = named[0]
    together = f"{question[asked.start : asked.end]} {bare}"
    found = find(together, rows)
    if len(found) == 1 and (found[0].plan != asked.plan or found[0].location != asked.location):
        return f"{question[: asked.start]}{together}{question[asked.end :]}"
    if len(find(bare, rows)) == 1:
        return f"{question[: asked.start]}{bare}{question[asked.end :]}"
    return None


def is_vague(reply: str) -> bool:
    """Whether the patient cannot tell either."""
    return len(words(reply)) <= LONGEST and bool(_VAGUE.search(fold(reply.replace("’", "'"))))
