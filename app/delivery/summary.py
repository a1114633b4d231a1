"""The summary that staff read of a lead: one structure, shown as text and as HTML, in a coordinator's reading order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.dialogue.shipped import read_yaml


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. `quote` are the patient's own words, `source` is where it stands. `fields` name the slots that it
    tells of: an e-mail carries it only where the clinic allows all of them. `href` calls or writes to the patient."""

    text: str
    label: str = ""
    quote: str = ""
    source: str = ""
    fields: tuple[str, ...] = ()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together. `key` is a key of `sections` in the words."""

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """`headline` says how far the request is, `alerts` what must not be overlooked."""

    headline: str
    alerts: tuple[str, ...]
    sections: tuple[Section, ...]

    def only(self, allowed: Collection[str]) -> "Summary":
        """Without the lines that tell of other fields; `*` allows all."""
        if "*" in allowed:
            return self
        kept = [
            replace(one, lines=tuple(line for line in one.lines if set(line.fields) <= set(allowed)))
            for one in self.sections
        ]
        return replace(self, sections=tuple(one for one in kept if one.lines))


def bare(summary: Summary) -> Summary:
    """What a place may have that only gets a link: how far the request is."""
    return replace(summary, alerts=(), sections=())


def say(key: str, **values: object) -> str:
    """The words under a dotted key, filled. Raises KeyError for one that is missing."""
    found: Any = read_yaml("app.delivery", "summary.yaml")
    for part in key.split("."):
        found = found[part]
    return str(found).format(**values)


def section(key: str, lines: Sequence[Line]) -> list[Section]:
    """The section with its title; none without lines."""
    return [Section(key, say(f"sections.{key}"), tuple(lines))] if lines else []


def as_text(summary: Summary) -> str:
    """Plain text. What a patient typed stays on its line, so nothing of it can look like a heading."""
    parts = [summary.headline, *(f"! {alert}" for alert in summary.alerts)]
    for one in summary.sections:
        parts.append("")
        parts.append(one.title.upper())
        parts += [f"  {text_of(line)}" for line in one.lines]
    return "\n".join(parts)


def text_of(line: Line) -> str:
    """The line as plain text."""
    label = f"{line.label}: " if line.label else ""
    quote = f' "{line.quote}"' if line.quote else ""
    source = f" [{line.source}]" if line.source else ""
    return flat(f"{label}{line.text}{quote}{source}")


def flat(text: str) -> str:
    """One line."""
    return " ".join(text.split())
