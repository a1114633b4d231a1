"""The shipped table of payers: every name in use, and which payer or payers it means."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

import yaml

from app.errors import Misconfigured
from app.qualification.words import fold, joined

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOTH = ("bcbs", "blue cross blue shield", "blue cross and blue shield", "blue cross shield", "bc/bs")
_CROSS, _SHIELD = ("blue cross",), ("blue shield",)


@dataclass(frozen=True, slots=True)
class Identity:
    """One payer. Of two regions of a payer neither stands for the other; no region stands for any."""

    payer: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """What a name means. `plan` is the product that the name also says; `guarded` names are ordinary words too; the
    last word of a `short` one is a state's abbreviation, which counts in capitals only."""

    identities: tuple[Identity, ...]
    plan: str = ""
    guarded: bool = False
    short: bool = False


@dataclass(frozen=True, slots=True)
class Payer:
    """One entry of the table; the file says what the fields mean."""

    name: str
    also: tuple[str, ...] = ()
    part_of: str | None = None
    covered: bool = False
    strict: bool = False
    any_carrier: str | None = None
    related: tuple[str, ...] = ()
    products: Mapping[str, str] | None = None
    alone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The whole table. `aliases` maps a name without spaces to its meaning, `near` the first letter of such names to
    those that a misspelling may be compared with. `guarded` names are ordinary words too, `single` those of one word.
    `regions` maps a folded name of a region to its code."""

    payers: Mapping[str, Payer]
    aliases: Mapping[str, Alias]
    near: Mapping[str, tuple[str, ...]]
    words: frozenset[str]
    guarded: frozenset[str]
    single: frozenset[str]
    guarded_es: frozenset[str]
    regions: Mapping[str, str]


@cache
def raw() -> dict[str, Any]:
    """The file as it is; shared, so never to be changed. Raises Misconfigured."""
    text = (files("app.qualification") / "payers.yaml").read_text(encoding="utf-8")
    try:
        data: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, the C one where there is one
    except yaml.YAMLError as error:
        raise Misconfigured(f"payers.yaml is not YAML: {error}", "restore the file from the release") from error
    return data


@cache
def table() -> Table:
    """The shipped table, read once."""
    data = raw()
    guarded = frozenset(joined(name) for name in data["guarded"])
    payers = {name: _payer(name, entry) for name, entry in data["payers"].items() if "same_as" not in entry}
    meanings: dict[str, Alias] = {}
    for spelled, alias in _regional(data):
        meanings.setdefault(joined(spelled), alias)
    own = dict(_own(data, guarded))
    near: defaultdict[str, list[str]] = defaultdict(list)
    for name, alias in own.items():
        if len(name) >= 5 and not alias.guarded:
            near[name[0]].append(name)
    regions = {fold(name): code for code, name in data["states"].items()}
    return Table(
        payers=payers,
        aliases=meanings | own,
        near={letter: tuple(names) for letter, names in near.items()},
        words=frozenset(data["words"]),
        guarded=guarded,
        single=frozenset(name for name in data["guarded"] if " " not in name),
        guarded_es=frozenset(data["guarded_es"]),
        regions=regions | {code.casefold(): code for code in data["states"]},
    )


def _payer(name: str, entry: Mapping[str, Any]) -> Payer:
    return Payer(
        name,
        tuple(entry.get("also", ())),
        entry.get("part_of"),
        bool(entry.get("covered")),
        bool(entry.get("strict")),
        entry.get("any_carrier"),
        tuple(entry.get("related", ())),
        entry.get("products"),
        tuple(entry.get("alone", ())),
    )


def _own(data: Mapping[str, Any], guarded: frozenset[str]) -> Iterator[tuple[str, Alias]]:
    """The names that the entries themselves give, those of single products last to first so that payers win."""
    for name, entry in data["payers"].items():
        own = (Identity(entry.get("same_as", name), entry.get("region")),)
        for product_name in entry.get("alone", ()):
            key = joined(product_name)
            yield key, Alias(own, product_name, key in guarded)
    for name, entry in data["payers"].items():
        own = (Identity(entry.get("same_as", name), entry.get("region")),)
        for spelled in (name, *entry.get("also", ())):
            key = joined(spelled)
            yield key, Alias(own, guarded=key in guarded)
    for spelled, meant in data["either"].items():
        key = joined(spelled)
        yield key, Alias(tuple(_identity(one) for one in meant), guarded=key in guarded)
    for code, programs in data["medicaid"].items():
        for spelled in programs:
            key = joined(spelled)
            yield key, Alias((Identity("Medicaid", code),), guarded=key in guarded)


def _regional(data: Mapping[str, Any]) -> Iterator[tuple[str, Alias]]:
    """Names that end or begin with a state."""
    for code, state in data["states"].items():
        holders = data["blues"].get(code, {"all": [f"Blue Cross Blue Shield@{code}"]})
        for marks, said in ((_BOTH, "both"), (_CROSS, "cross"), (_SHIELD, "shield")):
            meant = tuple(_identity(one) for one in holders.get(said) or holders.get("all") or ())
            for mark, brand in product(marks, ("", "anthem ", "highmark ", "regence ", "premera ", "wellmark ")):
                mine = tuple(one for one in meant if not brand or one.payer == brand.strip().title())
                if mine:
                    yield from _with_state(brand + mark, code, state, mine)
        yield from _with_state("medicaid", code, state, (Identity("Medicaid", code),))
        for brand in ("Kaiser Permanente", "Kaiser", "Anthem", "Regence", "Highmark", "Premera", "Wellmark"):
            payer = "Kaiser Permanente" if brand == "Kaiser" else brand
            yield from _with_state(brand, code, state, (Identity(payer, code),))


def _with_state(name: str, code: str, state: str, meant: tuple[Identity, ...]) -> Iterator[tuple[str, Alias]]:
    for spelled in (f"{name} of {state}", f"{name} {state}", f"{state} {name}", f"{name} de {state}"):
        yield spelled, Alias(meant)
    for spelled in (f"{name} {code}", f"{name} of {code}"):
        yield spelled, Alias(meant, short=True)


def _identity(written: str) -> Identity:
    payer, _, region = written.partition("@")
    return Identity(payer, region or None)


def covers(listed: Identity, asked: Identity) -> bool:
    """Whether a row for `listed` speaks of `asked`: the same payer in the same region, or the broader name under which
    the table says that it falls."""
    entry = table().payers.get(asked.payer)
    if listed.payer == asked.payer:
        if asked.region and listed.region is None:
            return not (entry and entry.strict)
        return asked.region is None or listed.region == asked.region
    return bool(entry and entry.covered and listed.payer == entry.part_of)


def is_kind_of(listed: Identity, asked: Identity) -> bool:
    """Whether patients say `asked` for `listed` too: "Blue Cross" for Regence."""
    entry = table().payers.get(listed.payer)
    return asked.region is None and bool(entry and entry.part_of == asked.payer)


def is_related(listed: Identity, asked: Identity) -> bool:
    """Whether the two are mistaken for each other."""
    one, other = table().payers.get(listed.payer), table().payers.get(asked.payer)
    if listed.payer == asked.payer:
        return True
    return bool(
        (one and asked.payer in (*one.related, one.part_of))
        or (other and listed.payer in (*other.related, other.part_of))
    )


def warm() -> None:
    """Reads what the first request would wait for: some tenths of a second, and several at once would each read it."""
    table()
    common_names()


@cache
def parts_of(payer: str) -> Mapping[str, str]:
    """The regions that the table tells apart under one payer's name, folded: "west" for Tricare."""
    entries = raw()["payers"].values()
    return {fold(entry["region"]): entry["region"] for entry in entries if entry.get("same_as") == payer}


@cache
def common_names() -> Mapping[str, str]:
    """Every spelling of the table, folded, with the payer's own name; without those made with a state."""
    names: dict[str, str] = {}
    for name, entry in raw()["payers"].items():
        for spelled in (name, *entry.get("also", ())):
            names.setdefault(" ".join(fold(spelled).split()), name)
    for programs in raw()["medicaid"].values():
        names.update({fold(program): "Medicaid" for program in programs})
    names.setdefault("triwest", "TriWest")
    return names


@cache
def product_words(payer: str) -> frozenset[str]:
    """The words that the names of this payer's own products are made of, folded."""
    entry = table().payers.get(payer)
    return frozenset(word for name in (entry.products or {} if entry else {}) for word in fold(name).split())


def is_ordinary(name: str) -> bool:
    """Whether the payer's name is an ordinary word, a person's or a place's name too."""
    return joined(name) in table().guarded


def spellings() -> list[list[str]]:
    """The names of each payer as one group, without those that are ordinary words."""
    known = table()
    return [
        [one for one in (name, *payer.also) if joined(one) not in known.guarded | known.words]
        for name, payer in known.payers.items()
    ]
