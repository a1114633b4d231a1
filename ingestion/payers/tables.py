"""Rows of tables as drafts: finds the payer table among others, carries merged cells down, reads matrices."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.payers.columns import Layout, Role, bool_meaning, layout, reads_as_all
from ingestion.payers.days import day, said_days, span
from ingestion.payers.items import detail, names_in, read_item
from ingestion.payers.marks import notes_of, unmarked
from ingestion.payers.names import mentions
from ingestion.payers.plans import read_plans
from ingestion.payers.status import CONDITIONAL, IN, Reading, cell_status, is_blank, negates
from ingestion.types import PayerRowDraft, PayerStatus
from knowledge.types import Chunk


@dataclass(frozen=True, slots=True)
class Found:
    """What tables, lists or sentences gave: drafts, and sentences for the manager about what was in doubt."""

    drafts: tuple[PayerRowDraft, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    chunk: Chunk
    cells: dict[int, str]


Stand = tuple[PayerStatus | None, str | None]


@dataclass(frozen=True, slots=True)
class _Said:
    """A status that a row gives: for one plan or location where its column is one; `text` is the whole cell."""

    reading: Reading
    plan: str | None = None
    location: str | None = None
    text: str = ""


def read_table(rows: Sequence[Chunk], stands: Callable[[Chunk], Stand]) -> Found:
    """The drafts of one table's rows. `stands` gives the status and the location that a row's headings say."""
    headers, grid = _grid(rows)
    columns = [[row.cells[p] for row in grid if p in row.cells and len(row.cells) > 1] for p in range(len(headers))]
    plan = layout(headers, columns)
    if plan is None:
        return Found()
    if plan.names_in_spread:
        return Found(tuple(_named_in_cells(grid, plan)))
    reader = _Reader(headers, plan, stands)
    drafts = [draft for row in grid for draft in reader.row(row)]
    if not drafts and not reader.has_status:
        known = sum(bool(mentions(chunk.text)) for chunk in rows)
        where = rows[0].heading[-1] if rows[0].heading else None
        say = f" under {where!r}" if where else ""
        asks = plan.place(Role.REFERRAL) or plan.place(Role.AUTHORIZATION) or plan.place(Role.VISITS)
        doubt = f"A table{say} names payers but does not say whether they are accepted; please check."
        return Found((), (doubt,) if known >= 2 and asks is None and len(known_roles(plan)) > 1 else ())
    return Found(tuple(drafts), tuple(reader.warnings))


def known_roles(plan: Layout) -> set[Role]:
    """The roles of a layout that say something of a payer."""
    return {role for role in plan.roles.values() if role is not Role.OTHER}


def _grid(rows: Sequence[Chunk]) -> tuple[list[str], list[_Row]]:
    """The header names in order and every row by the places of its cells."""
    headers: list[str] = []
    for chunk in sorted(rows, key=lambda chunk: -len(chunk.cells)):
        names = [name for name, _ in chunk.cells]
        headers = headers or names
        for place, name in enumerate(names):
            if name and name not in headers:
                before = next((headers.index(n) for n in reversed(names[:place]) if n in headers), -1)
                headers.insert(before + 1, name)
    return headers, [_Row(chunk, _placed(chunk, headers)) for chunk in rows]


def _placed(chunk: Chunk, headers: Sequence[str]) -> dict[int, str]:
    cells: dict[int, str] = {}
    least = 0
    for name, value in chunk.cells:
        place = next((p for p in range(least, len(headers)) if headers[p] == name), None)
        place = place if place is not None else next((p for p, held in enumerate(headers) if held == name), None)
        if place is not None and place not in cells:
            cells[place] = value
            least = place + 1
    return cells


class _Reader:
    """Reads the rows of one table in order; remembers the payer above for merged cells."""

    def __init__(self, headers: Sequence[str], plan: Layout, stands: Callable[[Chunk], Stand]) -> None:
        self._headers, self._plan, self._stands = headers, plan, stands
        self._under: PayerStatus | None = None
        self._location: str | None = None
        self.warnings: list[str] = []
        self._above = ""
        self._label: tuple[str, ...] = ()
        place = plan.place(Role.STATUS)
        self._yes, self._no = bool_meaning(headers[place]) if place is not None else (IN, None)
        self.has_status = place is not None or bool(plan.spread)

    def row(self, row: _Row) -> Iterator[PayerRowDraft]:
        chunk = row.chunk
        self._under, self._location = self._stands(chunk)
        if len(row.cells) < 2 and len(self._headers) > 1 and not mentions(chunk.text):
            return  # a label that stands alone
        if chunk.heading != self._label:
            self._above, self._label = "", chunk.heading
        cell = row.cells.get(self._plan.place(Role.PAYER) or 0, "")
        carried = not cell or is_blank(cell) or unmarked(cell) in {'"', "″", "do.", "ditto", "same"}
        payer = self._above if carried else cell
        if not payer:
            return
        self._above = payer
        base = self._base(row, unmarked(payer), chunk)
        if carried:
            base = replace(base, lead=unmarked(payer))
        for said in self._statuses(row):
            yield from self._plans(row, replace(base, status=said.reading.status), said, payer)

    def _base(self, row: _Row, payer: str, chunk: Chunk) -> PayerRowDraft:
        start, end = span(self._cell(row, Role.FROM) or "")
        last = self._cell(row, Role.TO) or ""
        return PayerRowDraft(
            payer, CONDITIONAL, chunk.text, chunk.ordinal,
            location=self._place(row), referral=self._cell(row, Role.REFERRAL),
            prior_authorization=self._cell(row, Role.AUTHORIZATION), visit_limit=self._cell(row, Role.VISITS),
            effective_from=start, effective_to=end or day(last, last=True) or said_days(last).end,
            page=chunk.page, heading=chunk.heading, lead=chunk.lead,
        )  # fmt: skip

    def _cell(self, row: _Row, role: Role) -> str | None:
        place = self._plan.place(role)
        text = unmarked(row.cells.get(place, "")) if place is not None else ""
        return None if not text or is_blank(text) else text

    def _place(self, row: _Row) -> str | None:
        said = self._cell(row, Role.LOCATION)
        return self._location if said is None else None if reads_as_all(said) else said

    def _statuses(self, row: _Row) -> Iterator[_Said]:
        """Each status a row gives."""
        if self._plan.spread:
            yield from self._spread(row)
            return
        place = self._plan.place(Role.STATUS)
        text = row.cells.get(place, "") if place is not None else ""
        if not text or is_blank(text):
            if self._under is not None and (place is None or self._under != IN):
                yield _Said(Reading(self._under))
            elif place is not None:
                self._doubt(row, "has no status")
            return
        said = self._read(unmarked(text))
        if said is None:
            self._doubt(row, f"has the status {text!r}, which we cannot read")
        else:
            yield _Said(said, text=text)

    def _read(self, text: str) -> Reading | None:
        days = said_days(text)
        if self._no is None and re.fullmatch(r"(?i)\W*(?:no|n|false)\W*", text):
            return None
        return cell_status(days.rest.strip() or text, yes=self._yes or IN, no=self._no or "out_of_network")

    def _spread(self, row: _Row) -> Iterator[_Said]:
        for place, column in self._plan.spread.items():
            text = unmarked(row.cells.get(place, ""))
            if not text or is_blank(text):
                continue
            if column.status is not None:
                if re.fullmatch(r"(?i)\W*(?:no|n|false)\W*|\s*[✗✘☒❌]\s*", text):
                    continue
                yield _Said(Reading(column.status, None if len(text) < 4 else text))
                continue
            said = self._mark(said_days(text).rest.strip() or text)
            if said is not None:
                yield _Said(said, column.plan, column.location, text)
            else:
                self._doubt(row, f"has the status {text!r}, which we cannot read")

    def _mark(self, text: str) -> Reading | None:
        """A cell of a matrix. A lone X means yes where no cell of the table says yes otherwise."""
        no: PayerStatus = "not_accepted" if any(c.location for c in self._plan.spread.values()) else "out_of_network"
        if re.fullmatch(r"(?i)\s*x\s*", text):
            return Reading(IN)
        return cell_status(text, no=no)

    def _plans(self, row: _Row, base: PayerRowDraft, found: _Said, payer: str) -> Iterator[PayerRowDraft]:
        said = found.reading
        base = replace(base, location=found.location or base.location, note=self._note(row, said, payer))
        base = self._dated(base, row, found.text)
        if base.status == IN and base.note and negates(base.note):
            base = replace(base, status=CONDITIONAL)
        said_of = detail(said.note) if said.note and base.status == IN else None
        cell = found.plan or self._cell(row, Role.PLAN) or ""
        if said_of and (said_of.excepts or said_of.plans) and not said_of.note:
            base = replace(base, except_plans=said_of.excepts, note=self._note(row, Reading(IN), payer))
            cell = cell or ", ".join(said_of.plans)
        for named in self._payers(base):
            read = read_plans(cell, named.payer) if cell else None
            if read is None or not (read.plans or read.all_plans or read.excepts):
                yield named
                continue
            named = replace(named, all_plans=read.all_plans, except_plans=read.excepts or named.except_plans)
            yield from (replace(named, plan=one) for one in read.plans) if read.plans else (named,)

    def _payers(self, base: PayerRowDraft) -> Iterator[PayerRowDraft]:
        """The payers of a cell: several when it lists known names with commas; else the cell as written. Without a plan
        column a cell can hold the plan too ("Cigna PPO")."""
        text = base.payer
        parts = [part.strip() for part in re.split(r",|;|\n", text)]
        several = len(parts) > 1 and all(mentions(part) for part in parts)
        if self._plan.place(Role.PLAN) is not None and not several:
            yield base
            return
        for item in names_in(text, known_list=True) if several else read_item(text, known_list=True)[:1]:
            if item.general:
                return
            if several or item.plans or item.all_plans or item.excepts:
                named = replace(base, payer=item.payer, all_plans=item.all_plans, except_plans=item.excepts)
                yield from (replace(named, plan=plan) for plan in item.plans) if item.plans else (named,)
                continue
            yield base
            return
        if not several and not read_item(text, known_list=True):
            yield base

    def _note(self, row: _Row, said: Reading, payer: str) -> str | None:
        own = said_days(said.note).rest.strip(" ,;()") if said.note else ""
        noted = [own if any(map(str.isalnum, own)) else None, self._cell(row, Role.NOTE)]
        marked = " ".join([payer, *row.cells.values()])
        noted += notes_of(marked, row.chunk.notes)
        return "; ".join(dict.fromkeys(filter(None, noted))) or None

    def _dated(self, draft: PayerRowDraft, row: _Row, status: str) -> PayerRowDraft:
        """Days that the status or a note says: only where the words around them are about the contract itself."""
        for text in (status, self._cell(row, Role.NOTE) or ""):
            days = said_days(text)
            if (days.start or days.end) and _about_contract(days.rest):
                start, end = days.start, days.end
                if draft.status == IN and start and re.search(r"(?i)\bno longer\b|\bya no\b", days.rest):
                    continue
                draft = replace(
                    draft, effective_from=draft.effective_from or start, effective_to=draft.effective_to or end
                )
        return draft

    def _doubt(self, row: _Row, what: str) -> None:
        page = f" on page {row.chunk.page}" if row.chunk.page else ""
        self.warnings.append(f"The row {row.chunk.text!r} of a table{page} {what}; please check.")


_CONTRACT = re.compile(
    r"(?i)\b(?:in|out|of|network|no|longer|not|accepted|accepting|contract\w*|is|are|was|will|be|we"
    r"|participating|par|plan|"
    r"agreement|signed|starts?|ends?|the|on|new|yes|oon|inn|with|this|currently|non|provider|status|only|dentro"
    r"|fuera|de|la|red)\b"
)


def _about_contract(rest: str) -> bool:
    return not any(map(str.isalnum, _CONTRACT.sub("", rest)))


def _named_in_cells(grid: Sequence[_Row], plan: Layout) -> Iterator[PayerRowDraft]:
    """Lists side by side: each cell is an item under the status of its column."""
    for row in grid:
        for place, column in plan.spread.items():
            for item in read_item(row.cells.get(place, ""), known_list=True):
                status = item.status or column.status
                if status is None or item.general:
                    continue
                draft = PayerRowDraft(
                    item.payer, status, row.chunk.text, row.chunk.ordinal, all_plans=item.all_plans,
                    except_plans=item.excepts, note=item.note, effective_from=item.start, effective_to=item.end,
                    page=row.chunk.page, heading=row.chunk.heading, lead=row.chunk.lead,
                )  # fmt: skip
                yield from (replace(draft, plan=one) for one in item.plans) if item.plans else (draft,)
