"""The command line of the measurement: which sets, and what to print."""

import argparse
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.answering.terms import read_data_with
from scripts.evals import payers
from scripts.evals.ablation import thinned
from scripts.evals.asking import Outcome, open_desk, outcomes
from scripts.evals.sets import Measured, invented_sets, sample_sets, shared_sets
from scripts.evals.tally import COLUMNS, misses, tally

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    options = _options()
    if options.ablate:
        read_data_with(thinned(options.ablate, options.seed))
    out = Console(soft_wrap=True, highlight=False)
    if not options.sets or "payers" in options.sets:
        _payers(options, out)
    if options.sets == ["payers"]:
        return
    sets, skipped = shared_sets(options.shared)
    own = [*sample_sets(ROOT / "scripts" / "sample_clinics"), *invented_sets(ROOT / "tests" / "answering" / "clinics")]
    wanted = [one for one in [*own, *sets] if _is_wanted(one, options.sets)]
    with tempfile.TemporaryDirectory() as temporary:
        measured = _measure(wanted, options.data or Path(temporary), Path(temporary))
    table = Table(*COLUMNS, title="Questions answered")
    for one, results in measured:
        table.add_row(*tally(one.name, results))
        for line in misses(results) if options.verbose else []:
            out.print(line, markup=False)
    Console(width=150).print(table)
    for word in skipped:
        out.print(word)


def _payers(options: argparse.Namespace, out: Console) -> None:
    """The table of the made-up payer questions."""
    folder = ROOT / "scripts" / ("evals/held_out" if options.held_out else "sample_clinics")
    table = Table(*payers.COLUMNS, title="Payer questions")
    with tempfile.TemporaryDirectory() as temporary, open_desk(Path(temporary), Path(temporary)) as asker:
        for one in payers.payer_sets(folder):
            found = payers.measure(asker, one, options.rows)
            table.add_row(*payers.tally(one.name, options.rows, found))
            for line in payers.misses(found) if options.verbose else []:
                out.print(line, markup=False)
    Console(width=150).print(table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/eval", description=__doc__)
    parser.add_argument("sets", nargs="*", help="beginnings of the names of the sets to measure (default: all)")
    parser.add_argument("--verbose", action="store_true", help="print every question that was not answered rightly")
    parser.add_argument("--held-out", action="store_true", help="ask the held-out clinics' payer questions")
    parser.add_argument(
        "--rows", choices=("papers", "truth"), default="papers", help="where the payer questions' rows come from"
    )
    parser.add_argument(
        "--ablate", type=float, default=0.0, metavar="SHARE", help="take this share of rules and other names away first"
    )
    parser.add_argument("--seed", type=int, default=0, help="which ones are taken away")
    parser.add_argument("--data", type=Path, help="keep the ingested papers here for the next run")
    parser.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared" / "eval", help="folder of the real papers"
    )
    return parser.parse_args()


def _is_wanted(one: Measured, names: list[str]) -> bool:
    return not names or any(one.name.startswith(name) for name in names)


def _measure(sets: list[Measured], data: Path, scratch: Path) -> list[tuple[Measured, list[Outcome]]]:
    with open_desk(data, scratch) as asker:
        return [(one, outcomes(asker, one)) for one in sets]


if __name__ == "__main__":
    main()
