"""Reads a few trigger examples for many: a clinic writes "get a copy of my records", a patient "I need my records".

Lists as long as the shipped ones say themselves how a wish is put, and are taken at their word."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from app.dialogue.slots.fold import fold
from app.word_caches import remembers_words

FEW = 8
"""Examples of one language up to which they stand for more than themselves."""
OFTEN = 0.4
"""Share of the examples that name a thing which is what they are about."""
NEAR = 3
"""Words behind "my", "a" or "the" among which the thing stands ("a fifty dollar gift card")."""
Tokens = Callable[[str], tuple[str, ...]]
Same = Callable[[str, str], bool]

_WANT = (
    r"(?:need|needs|want|wants|wanted|would like|'?d like|like|looking for|looking to|hoping to|hoping for|trying to|"
    r"wish|requesting|asking for|can (?:i|we|you|someone)|could (?:i|we|you|someone)|may i|quiero|quisiera|necesito|"
    r"necesita|busco|deseo|solicito|me gustaria|puedo|puede|pueden|podria|podrian)"
)
_GET = (
    r"(?:get|see|request|obtain|receive|order|buy|purchase|pick up|send|forward|mail|e-?mail|fax|give|book|schedule|"
    r"report|open|start|take|join|try|ask about|ask for|help with|some help with|talk about|obtener|recibir|tener|"
    r"pedir|solicitar|comprar|ordenar|recoger|enviar|mandar|envien|manden|reportar|ayuda con|hablar de)"
)
_MY = (
    r"(?:my|our|his|her|their|your|the|a|an|some|mi|mis|su|sus|un|una|unos|unas|el|la|los|las|nuestro|nuestra|"
    r"nuestros|nuestras)"
)
_COPY = r"(?:(?:an? |una |unas )?(?:cop(?:y|ies) of|copias? de) )?"
_TO = r"(?:(?:up|for|in|into|to|out|on|at|a|en|de|por|para) ){0,2}"
_OPENING = r"^(?:(?:hi|hello|hey|please|ok|okay|and|also|hola|por favor|y|tambien) )*"
_COMMON = re.compile(rf"(?:{_WANT}|{_GET})")
_LONG_ENOUGH = 3
_THING = re.compile(rf"\b{_MY} (?=(?P<rest>.*))")
_LIGHT = (
    "need want get got request ask send give order buy purchase see help make take please someone me us about "
    "necesito quiero quisiera pedir solicitar enviar mandar comprar sobre ayuda"
)
_WORD = re.compile(r"[a-z][a-z'-]*")


def wished(text: str, examples: Sequence[str], others: Callable[[], frozenset[str]], tokens: Tokens, same: Same) -> int:
    """How many telling words of the text speak for the action of these examples, 0 for none. `others` gives the
    telling words of other actions; `tokens` gives a text's telling words, `same` says whether two are one."""
    if not 0 < len(examples) <= FEW:
        return 0
    wishing, said, folded = light(tokens), tokens(text), _plain(text)
    best = 0
    for example in examples:
        telling = frozenset(tokens(example)) - wishing
        if len(telling) <= max(best, 1) or not all(any(same(word, other) for other in said) for word in telling):
            continue
        if not _asks(example) or _wants(_wish(*examples), folded, telling, tokens, same):
            best = len(telling)
    if best:
        return best
    things = _things(tuple(examples), 0.0, tokens)
    if not any(same(thing, other) for thing in things for other in said):
        return 0
    foreign = others()
    about, named = (_things(tuple(examples), share, tokens) - foreign for share in (OFTEN, 0.0))
    by_verb = bool(_own_verbs(tuple(examples))) and _wants(_wish(*examples, common=False), folded, named, tokens, same)
    return int(by_verb or _wants(_wish(*examples), folded, about, tokens, same))


@lru_cache(maxsize=2048)
def _wish(*examples: str, common: bool = True) -> re.Pattern[str]:
    """Finds a wish, put with the verbs that the examples begin with or with common ones: behind "I want to", or at the
    beginning as a request. `rest` is what stands behind it."""
    verbs = "|".join([*([_GET] if common else []), *_own_verbs(examples)])
    wanting = rf"\b{_WANT} (?:to )?(?:(?:{verbs}|have) )?" if common else rf"\b{_WANT} (?:to )?(?:{verbs}) "
    return re.compile(rf"(?:{wanting}|{_OPENING}(?:{verbs}) )(?:me |us )?{_TO}{_COPY}(?P<my>{_MY} )?(?=(?P<rest>.*))")


@lru_cache(maxsize=8192)
def _asks(example: str) -> bool:
    return bool(_wish().search(_plain(example)))


@lru_cache(maxsize=2048)
def _own_verbs(examples: tuple[str, ...]) -> list[str]:
    first = {words[0] for example in examples if len(words := _WORD.findall(_plain(example))) > 1}
    return sorted(re.escape(w) for w in first if len(w) >= _LONG_ENOUGH and not _COMMON.fullmatch(w))


@remembers_words(256)
def _plain(text: str) -> str:
    return " ".join(fold(text).replace(",", " ").split())


@lru_cache(maxsize=4)
def light(tokens: Tokens) -> frozenset[str]:
    """Words that wish and do not tell what for."""
    return frozenset(token for word in _LIGHT.split() for token in tokens(word))


@lru_cache(maxsize=4096)
def _things(examples: tuple[str, ...], share: float, tokens: Tokens) -> frozenset[str]:
    """What the examples are about: telling words that stand behind "my", "a" or "the" in one of them, and in this share
    of all."""
    nouns = {
        token
        for example in examples
        for hit in _THING.finditer(_plain(example))
        for word in _WORD.findall(hit["rest"])[:NEAR]
        for token in tokens(word)
    } - light(tokens)
    enough = max(share * len(examples), min(2, len(examples))) if share else 1
    return frozenset(token for token in nouns if sum(token in tokens(example) for example in examples) >= enough)


def _wants(wish: re.Pattern[str], folded: str, things: frozenset[str], tokens: Tokens, same: Same) -> bool:
    """True for words that wish for something, one of these things right behind them."""
    for hit in wish.finditer(folded) if things else ():
        near = _WORD.findall(hit["rest"])[: NEAR if hit["my"] else 1]
        if any(same(token, thing) for word in near for token in tokens(word) for thing in things):
            return True
    return False
