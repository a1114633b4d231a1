"""The command line of the measurement: which sets, and what to print."""

import argparse
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts.evals import dialogues, talks
from scripts.evals.asking import Asker, open_desk, outcomes
from scripts.evals.sets import Measured, sample_sets, shared_sets
from scripts.evals.tally import COLUMNS, misses, tally

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    options = _options()
    out = Console(soft_wrap=True, highlight=False)
    sets, skipped = shared_sets(options.shared)
    wanted = [
        one for one in [*sample_sets(ROOT / "scripts" / "sample_clinics"), *sets] if _is_wanted(one, options.sets)
    ]
    with (
        tempfile.TemporaryDirectory() as temporary,
        open_desk(options.data or Path(temporary), Path(temporary)) as asker,
    ):
        measured = [(one, outcomes(asker, one)) for one in wanted]
        talked = [] if options.questions_only else _talks(asker, wanted, options)
    table = Table(*COLUMNS, title="Questions answered")
    for one, results in measured:
        table.add_row(*tally(one.name, results))
        for line in misses(results) if options.verbose else []:
            out.print(line, markup=False)
    Console(width=150).print(table)
    for title, columns, rows in talked:
        table = Table(*columns, title=title)
        for row in rows:
            table.add_row(*row.cells)
            for line in row.misses if options.verbose else []:
                out.print(line, markup=False)
        Console(width=150).print(table)
    for word in skipped:
        out.print(word)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/eval", description=__doc__)
    parser.add_argument("sets", nargs="*", help="beginnings of the names of the sets to measure (default: all)")
    parser.add_argument("--verbose", action="store_true", help="print every question that was not answered rightly")
    parser.add_argument("--questions-only", action="store_true", help="leave out talks and dialogues")
    parser.add_argument("--data", type=Path, help="keep the ingested papers here for the next run")
    parser.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared" / "eval", help="folder of the real papers"
    )
    return parser.parse_args()


def _is_wanted(one: Measured, names: list[str]) -> bool:
    return not names or any(one.name.startswith(name) for name in names)


def _talks(
    asker: Asker, wanted: list[Measured], options: argparse.Namespace
) -> list[tuple[str, tuple[str, ...], list[talks.Tally]]]:
    """(title, columns, rows) of what is asked several questions at once, or over several turns: in files that lie
    beside the papers of a set's clinic, and in dialogues about many papers."""
    beside = {one.files[0].parent.parent: one for one in wanted if one.files}
    several = [(one, path) for folder, one in beside.items() if (path := folder / "compound.jsonl").exists()]
    going_on = [(one, path) for folder, one in beside.items() if (path := folder / "followups.jsonl").exists()]
    over_papers = [] if options.sets else dialogues.measure(asker, options.shared / "doc2dial")
    return [
        ("Several questions in one message", talks.COMPOUND, [talks.compound(asker, *each) for each in several]),
        ("Questions that go on with the talk", talks.FOLLOWUPS, [talks.follow_ups(asker, *each) for each in going_on]),
        ("The right paper first", dialogues.COLUMNS, [talks.Tally(row, ()) for row in over_papers]),
    ]


if __name__ == "__main__":
    main()
