"""What the columns of a table hold: by the words of their headers, and where those say nothing, by what is in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ingestion.payers.marks import unmarked
from ingestion.payers.names import mentions, plain
from ingestion.payers.plans import is_plan, read_plans
from ingestion.payers.status import IN, NOT, OUT, cell_status, is_blank, lead_status, own_status
from ingestion.types import PayerStatus


class Role(StrEnum):
    """What a column says of a payer."""

    PAYER = "payer"
    PLAN = "plan"
    STATUS = "status"
    REFERRAL = "referral"
    AUTHORIZATION = "prior_authorization"
    VISITS = "visit_limit"
    NOTE = "note"
    LOCATION = "location"
    FROM = "from"
    TO = "to"
    OTHER = "other"


# In the order in which they are tried: "Referral or auth notes" is no note, "Plan effective date" no plan.
_HEADERS: tuple[tuple[Role, str], ...] = (
    (Role.OTHER, r"updated|revised|verified|last |copay|coinsurance|deductible|phone|fax|address|website|claims"
                 r"|payer id|edi|"
                 r"portal|rate|price|fee|cost|allowed|teléfono|dirección"),
    (Role.TO, r"effective (?:to|until|through|end)|end(?:s|ing)?(?: date)?$|expir\w*|term(?:ination|ed"
              r"|inates)?(?: date)?$|"
              r"through$|until$|(?:valid|good) (?:to|until|through|thru)|vence\w*|hasta"),
    (Role.FROM, r"effective|eff\.?(?: date)?$|start(?:s|ing)?(?: date)?$|begin\w*|since|valid from|contract "
                r"dates?|dates?$|vigen\w*|"
                r"desde|fecha"),
    (Role.AUTHORIZATION, r"auth\w*|pre-?cert\w*|pre-?auth\w*|autorizaci\w+|pre-?approval|approval"),
    (Role.REFERRAL, r"referrals?|referido|remisi[oó]n|script|prescription|rx|orders?|orden(?:es)?|referencia"
                    r"|derivaci[oó]n"),
    (Role.VISITS, r"visits?|limits?|sessions|visitas|l[ií]mite|sesiones|max(?:imum)?"),
    (Role.NOTE, r"notes?|comments?|remarks?|details?|exceptions?|special|notas?|comentarios?|observaciones"
                r"|conditions?|instructions"),
    (Role.LOCATION, r"locations?|offices?|clinics?|sites?|branch|sucursal|cl[ií]nica|oficina|ubicaci[oó]n|sede"),
    (Role.STATUS, r"status|in[- ]?network|accept\w*|participat\w+|par|contract(?:ed)?|credentialed|network "
                  r"status|participation|"
                  r"out[- ]of[- ]network|do we (?:take|accept)|taken|we take|estado|acept\w+|en la red|dentro "
                  r"de la red|in/out|oon|"
                  r"participante|estatus|billing|do you take"),
    (Role.PAYER, r"payers?|payors?|insurances?|insurance (?:company|carrier|name|provider|payer)|carriers?"
                 r"|company|insurers?|"
                 r"aseguradoras?|seguros?|compañ[ií]a|health (?:insurance )?plans?|insurance plans?|plan de salud"),
    (Role.PLAN, r"plans?|products?|plan (?:name|type)s?|type|lines? of business|lob|planes|tipo|producto|plans? "
                r"accepted|networks?|red"),
)  # fmt: skip
_PATTERNS = tuple((role, re.compile(rf"(?i)\b(?:{words})(?!\w)")) for role, words in _HEADERS)


@dataclass(slots=True)
class Layout:
    """The roles of a table's columns by place; `spread` are columns that are themselves a status, plan or location."""

    roles: dict[int, Role] = field(default_factory=dict)
    spread: dict[int, "Spread"] = field(default_factory=dict)
    names_in_spread: bool = False

    def place(self, role: Role) -> int | None:
        return next((place for place, held in self.roles.items() if held is role), None)


@dataclass(frozen=True, slots=True)
class Spread:
    """A column whose header is a value: its status, its plan or its location."""

    status: PayerStatus | None = None
    plan: str | None = None
    location: str | None = None


def header_role(header: str) -> Role | None:
    """The role that a header's words give; None when they say nothing."""
    words = plain(unmarked(header))
    if not words or len(words.split()) > 8:
        return None
    return next((role for role, pattern in _PATTERNS if pattern.search(words)), None)


def layout(headers: Sequence[str], columns: Sequence[Sequence[str]]) -> Layout | None:
    """The layout of a payer table; None for a table of something else. `columns` holds the filled cells of each."""
    roles = {place: header_role(header) for place, header in enumerate(headers)}
    statuses = {p: _status_header(headers[p]) for p in roles if roles[p] in {Role.STATUS, Role.PLAN, Role.PAYER, None}}
    as_status = {p: said for p, said in statuses.items() if said is not None}
    if found := _columns_of_names(as_status, columns, roles):
        return Layout(spread={p: Spread(status=as_status[p]) for p in found}, names_in_spread=True)
    payer = _payer(roles, columns)
    if payer is None:
        return None
    result = Layout({p: role for p, role in roles.items() if role and role is not Role.PAYER and p != payer})
    result.roles[payer] = Role.PAYER
    offices = _offices(result, columns, payer)
    if len(offices) > 1:
        result.roles = {p: role for p, role in result.roles.items() if role is not Role.STATUS and p not in offices}
        result.spread = {p: Spread(location=_location(unmarked(headers[p]))) for p in offices}
        return result
    _plan_or_status(result, headers, columns, payer)
    marked = [p for p in as_status if p != payer and _is_marks(columns[p])]
    if len(marked) > 1:
        result.spread = {p: Spread(status=as_status[p]) for p in marked}
    elif result.place(Role.STATUS) is None:
        result.spread = _spread(result, headers, columns, payer)
    for place in result.spread:
        result.roles.pop(place, None)
    return result


def _offices(found: Layout, columns: Sequence[Sequence[str]], payer: int) -> list[int]:
    """Columns that are each headed by an office and hold that office's status."""
    return [
        p for p, role in found.roles.items()
        if role is Role.LOCATION and p != payer and columns[p]
        and _share(columns[p], lambda cell: _short_status(cell) or own_status(cell) is not None) >= 0.8
    ]  # fmt: skip


def _status_header(header: str) -> PayerStatus | None:
    said = own_status(unmarked(header))
    return said.status if said else None


def _columns_of_names(
    as_status: dict[int, PayerStatus], columns: Sequence[Sequence[str]], roles: dict[int, Role | None]
) -> list[int]:
    """Columns headed by a status whose cells are payers' names: two lists side by side."""
    found = [p for p in as_status if _share(columns[p], _names_payer) >= 0.5]
    other = any(roles[p] is Role.PAYER and p not in found for p in roles)
    return found if found and not other and len(found) == len(columns) else []


def _payer(roles: dict[int, Role | None], columns: Sequence[Sequence[str]]) -> int | None:
    """The payer column: named so, or the one with the most names of known payers."""
    named = [place for place, role in roles.items() if role is Role.PAYER]
    known = {place: _share(column, _names_payer) for place, column in enumerate(columns)}
    if len(named) > 1:
        return max(named, key=lambda place: (known[place], -place))
    if named and (known[named[0]] > 0 or _is_text(columns[named[0]])):
        return named[0]
    best = max(known, key=lambda place: (known[place], -place), default=None)
    allowed = {None, Role.PLAN, Role.PAYER}
    if best is None or known[best] < 0.3 or len(columns[best]) < 2 or roles[best] not in allowed:
        return None
    return best


def _is_text(column: Sequence[str]) -> bool:
    return _share(column, lambda cell: not re.search(r"\d{3}|\$", cell)) > 0.8


def _plan_or_status(found: Layout, headers: Sequence[str], columns: Sequence[Sequence[str]], payer: int) -> None:
    """Columns that their header leaves open ("Network", "Type", nothing): what is in them decides."""
    statuses = [p for p, role in found.roles.items() if role is Role.STATUS and _share(columns[p], _is_status) >= 0.3]
    for place, role in list(found.roles.items()):
        if role is Role.STATUS and place not in statuses:
            found.roles.pop(place)
    for place, column in enumerate(columns):
        if place == payer or place in statuses or found.roles.get(place, Role.PLAN) is not Role.PLAN or not column:
            continue
        is_open = not headers[place] or found.roles.get(place) is Role.PLAN
        words = _share(column, _states_or_marks if is_open else _states)
        if not statuses and words >= 0.6 and _only_choice(place, found, columns, headers):
            found.roles[place] = Role.STATUS
            statuses.append(place)
        elif place not in found.roles and not headers[place] and _share(column, is_plan) >= 0.5:
            found.roles[place] = Role.PLAN


def _states(cell: str) -> bool:
    """Whether a cell says a status in words; yes and no alone may answer another question ("Doctor's order")."""
    return _is_status(cell) and own_status(cell) is not None and not _short_status(cell)


def _states_or_marks(cell: str) -> bool:
    return _states(cell) or _short_status(cell)


def _only_choice(place: int, found: Layout, columns: Sequence[Sequence[str]], headers: Sequence[str]) -> bool:
    """Whether no other open column holds statuses too: several of them are a matrix."""
    return not any(
        other != place and found.roles.get(other) in {None, Role.PLAN} and headers[other] and column
        and _share(column, lambda cell: _short_status(cell) or own_status(cell) is not None) >= 0.6
        for other, column in enumerate(columns)
    )  # fmt: skip


def _spread(found: Layout, headers: Sequence[str], columns: Sequence[Sequence[str]], payer: int) -> dict[int, Spread]:
    """Columns that each are a plan or a location, with yes, no or a status in every cell."""
    open_roles = {None, Role.PLAN, Role.LOCATION, Role.STATUS}
    places = [
        p for p, header in enumerate(headers)
        if p != payer and header and found.roles.get(p) in open_roles and columns[p]
        and all(_short_status(cell) or is_blank(cell) or own_status(cell) is not None for cell in columns[p])
    ]  # fmt: skip
    if len(places) < 2:
        return {}
    plans = all(is_plan(unmarked(headers[p])) for p in places)
    return {
        p: Spread(plan=unmarked(headers[p])) if plans else Spread(location=_location(unmarked(headers[p])))
        for p in places
    }


def _location(header: str) -> str:
    return re.sub(r"(?i)\s+(?:office|location|clinic)$", "", header)


def bool_meaning(header: str) -> tuple[PayerStatus | None, PayerStatus | None]:
    """What yes and no mean under a header; (None, None) where they would mean nothing certain."""
    words = plain(header)
    if own_status(words) and own_status(words).status == OUT:  # type: ignore[union-attr]
        return OUT, None
    if lead_status(words) in {NOT, "secondary_only", "conditional"}:
        return lead_status(words), None
    if re.search(r"(?i)accept|tak(?:e|en)|acept|toma|bill", words):
        return IN, NOT
    return IN, OUT


def _names_payer(cell: str) -> bool:
    return bool(mentions(cell)) and not _is_status(cell)


def _is_status(cell: str) -> bool:
    return cell_status(unmarked(cell)) is not None


def _short_status(cell: str) -> bool:
    return bool(
        re.fullmatch(r"(?i)\W*(?:yes|no|y|n|s[ií]|in|out|x|par|inn|oon|true|false)\W*|\s*[✓✔☑✅●•√✗✘☒❌×✖]\s*", cell)
    )


def _is_marks(column: Sequence[str]) -> bool:
    return all(_short_status(cell) or is_blank(cell) or (len(cell) < 25 and _is_status(cell)) for cell in column)


def _share(column: Sequence[str], test: "object") -> float:
    """The part of the filled cells that pass a test."""
    cells = [cell for cell in column if not is_blank(cell)]
    return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0  # type: ignore[operator]


def reads_as_all(cell: str) -> bool:
    """Whether a location cell names every location."""
    return bool(
        re.fullmatch(r"(?i)\W*(?:all|both|any|every|todas|ambas)(?: locations| offices| clinics)?\W*", cell)
    ) or (read_plans(cell).all_plans)
