"""Days that are told by a holiday: "the Monday before Thanksgiving", "two days after Christmas"."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from app.dialogue.slots.dates import DAY, DAYS, FEW


def _nth(month: int, weekday: int, number: int) -> Callable[[int], date]:
    """The `number`th such weekday of a month; -1 for the last one."""

    def of(year: int) -> date:
        if number > 0:
            first = date(year, month, 1)
            return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)

    return of


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


_HOLIDAYS: Mapping[str, Callable[[int], date]] = {
    r"thanksgiving(?: day)?|accion de gracias": _nth(11, 3, 4),
    r"christmas eve|nochebuena": _fixed(12, 24),
    r"christmas(?: day)?|xmas|(?:la )?navidad": _fixed(12, 25),
    r"new year'?s eve|nochevieja|fin de ano": _fixed(12, 31),
    r"new year'?s(?: day)?|ano nuevo": _fixed(1, 1),
    r"halloween": _fixed(10, 31),
    r"valentine'?s(?: day)?|san valentin": _fixed(2, 14),
    r"(?:the )?(?:fourth|4th) of july|july fourth|independence day": _fixed(7, 4),
    r"labor day": _nth(9, 0, 1),
    r"memorial day": _nth(5, 0, -1),
    r"columbus day|indigenous peoples'? day": _nth(10, 0, 2),
    r"veterans day": _fixed(11, 11),
    r"mother'?s day": _nth(5, 6, 2),
    r"father'?s day": _nth(6, 6, 3),
    r"mlk day|martin luther king(?: jr\.?)?(?: day)?": _nth(1, 0, 3),
    r"presidents'? day": _nth(2, 0, 3),
}
_ANY = re.compile("|".join(f"(?P<h{place}>{names})" for place, names in enumerate(_HOLIDAYS)))
_BESIDE = re.compile(
    rf"(?:\b(?:the|el|la|un|una)? ?(?:{DAY}|(?:(?P<count>\d{{1,2}}|{'|'.join(FEW)}) )?(?P<unit>day|week|dia|semana)s?)"
    r" (?:right |just |justo )?)?(?P<way>before|after|antes del?|despues del?) (?:the |la |el )?$"
)


def holiday_told(folded: str, today: date) -> tuple[int, int, date] | None:
    """Start, end and day in folded text: the one nearest to `today`. "Before Christmas" alone tells no day."""
    hit = _ANY.search(folded)
    if hit is None:
        return None
    of = list(_HOLIDAYS.values())[next(place for place in range(len(_HOLIDAYS)) if hit[f"h{place}"])]
    beside = _BESIDE.search(folded[: hit.start()])
    if beside and not (beside["unit"] or any(beside[name] for name in DAYS)):
        return None
    days = [_moved(of(year), beside) for year in (today.year - 1, today.year, today.year + 1)]
    return beside.start() if beside else hit.start(), hit.end(), min(days, key=lambda day: abs((day - today).days))


def _moved(day: date, beside: re.Match[str] | None) -> date:
    if beside is None:
        return day
    way = -1 if beside["way"].startswith(("before", "antes")) else 1
    if beside["unit"]:
        count = FEW.get(beside["count"] or "a") or int(beside["count"])
        return day + timedelta(days=way * count * (7 if beside["unit"][0] in "ws" else 1))
    wanted = next(place for place, name in enumerate(DAYS) if beside[name])
    return day + timedelta(days=way * ((way * (wanted - day.weekday())) % 7 or 7))
