"""What an item of a list says beside its names: exceptions, clauses with "unless", what one of its plans asks for."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ingestion.payers.names import mentions, plain
from ingestion.payers.plans import cut_exception, has_plan_word, is_plan, split_plans

LONGEST_PLAN = 5


@dataclass(frozen=True, slots=True)
class Demand:
    """What the paper says that a plan asks for; `kind` is the field of a payer row."""

    plans: tuple[str, ...]
    kind: str
    text: str

    def of(self, kind: str) -> str | None:
        """The text, where it is of this kind."""
        return self.text if self.kind == kind else None


@dataclass(frozen=True, slots=True)
class Cut:
    """An item's names, apart from what is said of them. `out` are the plans that are taken out of `owner`."""

    names: str
    out: str = ""
    clause: str | None = None
    demands: tuple[Demand, ...] = ()
    owner: str = ""


@cache
def words(name: str) -> re.Pattern[str]:
    """One of the file's patterns."""
    return re.compile(_raw()[name], re.IGNORECASE)


@cache
def _raw() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(Path(__file__).with_name("remarks.yaml").read_text("utf-8"))
    return found


def cut_remarks(text: str) -> Cut:
    """The names of an item, and apart from them exceptions, an "unless" and what a plan in parentheses asks for."""
    kept = _without_initials(words("anywhere").sub("", plain(text)))
    clause = words("unless").search(kept)
    kept = kept[: clause.start()] if clause else kept
    demands: list[Demand] = []
    for aside in re.findall(r"\(([^()]*)\)", kept):
        if found := demand(aside):
            demands.append(found)
            kept = re.sub(rf"\s*\({re.escape(aside)}\)", "", kept)
    names, out, owner = _exception(kept)
    return Cut(names, out, clause["clause"].strip() if clause else None, tuple(demands), owner)


def _without_initials(text: str) -> str:
    """Without initials in parentheses amid a name: "Federal Employee Program (FEP) Blue Focus"."""

    def kept(found: re.Match[str]) -> str:
        initials = "".join(word[0] for word in re.findall(r"[A-Z]\w*", found["name"]))
        return found["name"] if initials.endswith(found["short"]) else found[0]

    return re.sub(r"(?P<name>(?:[A-Z][\w'-]*\s+){1,6}[A-Z][\w'-]*) \((?P<short>[A-Z]{2,6})\)(?= [A-Z])", kept, text)


def demand(text: str) -> Demand | None:
    """ "HMO needs a referral" as a fact of that plan; None where no plan is named, or another thing is said."""
    found = words("demand").match(text.strip(" ."))
    if found is None or not _are_plans(found["plan"]) or words("accepted").search(text):
        return None
    kind = fact(found["what"])
    return Demand(tuple(split_plans(found["plan"])), kind, text[found.end("plan") :].strip()) if kind else None


def fact(text: str) -> str | None:
    """The field of a payer row that words are about; None where they tell acceptance or something else."""
    if words("accepted").search(text):
        return None
    kinds = ("visit_limit", "prior_authorization", "referral")
    return next((kind for kind in kinds if words(kind).search(text)), None)


def is_demand(text: str) -> bool:
    """Whether an item tells only what a plan asks for, and not whether it is taken."""
    return fact(plain(text)) is not None


def is_brand(text: str) -> bool:
    """Whether words may be a plan's name that nobody has listed: capitalised, with small words between."""
    said = text.split()
    small = _raw()["small"].split()
    own = [word for word in said if word not in small]
    return 0 < len(said) <= LONGEST_PLAN and bool(own) and all(_is_proper(word) for word in own) and not mentions(text)


def _is_proper(word: str) -> bool:
    bare = word.strip("()®™*.,")
    return bare[:1].isupper() and bare.isalnum()


def brands(text: str) -> tuple[str, ...]:
    """The plans of a list of brands; none where a part of it may be something else."""
    parts = [part for part in re.split(r"\s*[,;]\s*(?:(?:and|&|y) )?|\s+(?:and|&|y|or)\s+", text) if part]
    return tuple(parts) if parts and all(is_brand(part) or is_plan(part) for part in parts) else ()


def _are_plans(text: str) -> bool:
    return all(is_plan(part) or has_plan_word(part) for part in split_plans(text)) and not mentions(text)


def _exception(text: str) -> tuple[str, str, str]:
    """The names before an exception, with those of other payers after it, the exception, and the payer it is of."""
    masked = re.sub(r"\([^()]*\)", lambda aside: "_" * len(aside[0]), text)
    before, out = cut_exception(masked)
    if not out or not before.strip(" ,"):
        return text, "", ""
    start = len(text) - len(out)
    head, rest = text[: len(before)], text[start:]
    payer = next((m.text for m in reversed(mentions(head))), "")
    for comma in re.finditer(r",\s*(?!and |or |&)", rest):
        here = mentions(rest[comma.end() :])
        if here and here[0].start == 0 and here[0].text.split()[0] != payer.partition(" ")[0]:
            return f"{head}, {rest[comma.end() :]}", rest[: comma.start()], payer
    return head, rest, payer
