"""The command line of the measurement: which sets, and what to print."""

import argparse
import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.answering.terms import read_data_with
from app.bootstrap import Running
from scripts.evals import dialogues, fences, intake, llm, model_servers, payers, slots, talks, triage, turns
from scripts.evals.ablation import thinned
from scripts.evals.asking import Asker, open_desk, outcomes
from scripts.evals.sets import Measured, invented_sets, sample_sets, shared_sets
from scripts.evals.tally import COLUMNS, misses, tally
from tests.desk import desk_at_rest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
SAMPLES, HELD_OUT = ROOT / "scripts" / "sample_clinics", ROOT / "scripts" / "evals" / "held_out"
INVENTED, HALVES = ROOT / "tests" / "answering" / "clinics", HELD_OUT / "halves"
TALKS, TALKS_HELD_OUT = ROOT / "tests" / "conversations", ROOT / "scripts" / "evals" / "talks_held_out"
WITH_PAPERS = ("questions", "payers", "talks", "dialogues")
WITHOUT_PAPERS = ("slots", "turns", "intake", "triage")
KINDS = (*WITH_PAPERS, *WITHOUT_PAPERS)


@dataclass(frozen=True, slots=True)
class Section:
    """One table, and what went wrong in it as lines to read."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    misses: Sequence[str] = ()


def main() -> None:
    options = _options()
    if options.ablate:
        read_data_with(thinned(options.ablate, options.seed))
    sets, skipped = ([], []) if options.held_out else shared_sets(options.shared)
    own = [*sample_sets(SAMPLES), *invented_sets(INVENTED)]
    if options.held_out:
        own = [*sample_sets(HELD_OUT), *sample_sets(HELD_OUT / "more"), *invented_sets(INVENTED, HALVES)]
    wanted = [one for one in [*own, *sets] if _is_wanted(one.name, options.sets)]
    if options.llm:
        _in_words([one for one in wanted if one.corpus != "squad2"], skipped, options)
        return
    kinds = set(options.only or KINDS)
    for word in skipped if kinds & set(WITH_PAPERS) else ():
        print(word)
    with tempfile.TemporaryDirectory() as temporary:
        if not options.sets:
            _print(_without_papers(Path(temporary) / "at rest", kinds, options), options.verbose)
        if kinds & set(WITH_PAPERS):
            with open_desk(options.data or Path(temporary), Path(temporary)) as asker:
                _print(_sections(asker, wanted, options, kinds), options.verbose)


def _in_words(wanted: list[Measured], skipped: list[str], options: argparse.Namespace) -> None:
    """The clinics' questions, answered in the words of model servers; what a person should read is always printed."""
    for word in skipped:
        print(word)
    logging.getLogger("frontdesk.model").setLevel(logging.ERROR)  # calls that fail are counted
    with (
        tempfile.TemporaryDirectory() as temporary,
        open_desk(options.data or Path(temporary), Path(temporary)) as asker,
    ):
        tables = llm.measure(asker, wanted, options.server or [], options.most, options.seed)
    for line in tables.to_read:
        Console(soft_wrap=True, highlight=False).print(line, markup=False)
    _print((Section(title, columns, rows) for title, columns, rows in tables.titled()), verbose=False)


def _print(sections: Iterable[Section], verbose: bool) -> None:
    out = Console(soft_wrap=True, highlight=False)
    for section in sections:
        table = Table(*section.columns, title=section.title)
        for row in section.rows:
            table.add_row(*row)
        for line in section.misses if verbose else ():
            out.print(line, markup=False)
        Console(width=150).print(table)


def _without_papers(folder: Path, kinds: set[str], options: argparse.Namespace) -> Iterator[Section]:
    """What is said to a desk that has read nothing: single fields, whole talks, emergencies."""
    if "slots" in kinds and not options.held_out:
        if not options.shared.is_dir():
            print(f"real typed fields skipped: no folder {options.shared}")
        for title, counts in slots.measure(options.shared / "slots"):
            yield Section(title, slots.COLUMNS, counts.rows(), counts.told())
    if "turns" in kinds:
        for path in sorted((HELD_OUT if options.held_out else HERE).glob("turns*.yaml")):
            counts = turns.measure(path)
            yield Section(f"Messages typed into a referral: {path.stem}", slots.COLUMNS, counts.rows(), counts.told())
    if kinds & {"intake", "triage"}:
        with desk_at_rest(folder) as running:
            yield from _typed(running, kinds, options.held_out)
            if "triage" in kinds and options.held_out:
                yield Section("Fixed sentences", fences.FENCES, *fences.fences(running, HELD_OUT))
            elif "triage" in kinds:
                yield from _fenced(running, options.shared / "safety")


def _typed(running: Running, kinds: set[str], held_out: bool) -> Iterator[Section]:
    if "intake" in kinds:
        rows, lines = intake.measure(running, TALKS_HELD_OUT if held_out else TALKS)
        yield Section("Conversation files", intake.COLUMNS, rows, lines)
    if "triage" in kinds:
        for name, messages in triage.sets(HERE, held_out).items():
            rows, lines = triage.measure(running, messages, alarm=name.startswith("emergencies"))
            yield Section(f"Triage: {name}", triage.COLUMNS, rows, lines)


def _fenced(running: Running, shared: Path) -> Iterator[Section]:
    """The messages that the red flags were made on, fixed sentences, and the shared messages."""
    yield Section("Triage: the rules' own messages", fences.OWN, *fences.own_red_flags(HERE))
    yield Section("Fixed sentences", fences.FENCES, *fences.fences(running, HERE))
    if not shared.is_dir():
        print(f"shared messages skipped: no folder {shared}")
        return
    yield Section("Triage: shared messages", fences.SHARED, list(fences.shared(running, shared)))


def _sections(asker: Asker, wanted: list[Measured], options: argparse.Namespace, kinds: set[str]) -> Iterator[Section]:
    if "questions" in kinds and wanted:
        measured = [(one, outcomes(asker, one)) for one in wanted]
        rows = [tally(one.name, results) for one, results in measured]
        yield Section("Questions answered", COLUMNS, rows, [line for _, found in measured for line in misses(found)])
    if "payers" in kinds:
        yield _payers(asker, options)
    if "talks" in kinds:
        beside = {_questions_of(one, options.held_out): one for one in wanted if one.files}
        yield _talks(asker, beside, "Several questions in one message", "compound")
        yield _talks(asker, beside, "Questions that go on with the talk", "followups")
    if "dialogues" in kinds and not options.sets and not options.held_out:
        found = dialogues.measure(asker, options.shared / "doc2dial")
        yield Section("Right paper first, over many papers", dialogues.COLUMNS, found)


def _payers(asker: Asker, options: argparse.Namespace) -> Section:
    """The made-up payer questions."""
    sets = payers.payer_sets(HELD_OUT if options.held_out else SAMPLES)
    found = [(one, payers.measure(asker, one, options.rows)) for one in sets if _is_wanted(one.name, options.sets)]
    rows = [payers.tally(one.name, options.rows, results) for one, results in found]
    lines = [line for _, results in found for line in payers.misses(results)]
    return Section("Payer questions", payers.COLUMNS, rows, lines)


def _questions_of(one: Measured, held_out: bool) -> Path:
    """The folder of what is asked of a clinic: over its papers, beside them, or for held-out halves elsewhere."""
    papers = one.files[0].parent
    if papers.name == "papers":
        return papers.parent
    return HALVES / papers.name if held_out else papers


def _talks(asker: Asker, beside: dict[Path, Measured], title: str, name: str) -> Section:
    """What is asked several questions at once, or over several turns: files beside the papers of a set's clinic."""
    measure, columns = {
        "compound": (talks.compound, talks.COMPOUND),
        "followups": (talks.follow_ups, talks.FOLLOWUPS),
    }[name]
    files = [(one, path) for folder, one in beside.items() if (path := folder / f"{name}.jsonl").exists()]
    found = [measure(asker, one, path) for one, path in files]
    return Section(title, columns, [one.cells for one in found], [line for one in found for line in one.misses])


def _is_wanted(name: str, names: list[str]) -> bool:
    return not names or any(name.startswith(one) for one in names)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/eval", description=__doc__)
    parser.add_argument("sets", nargs="*", help="beginnings of the names of the sets to measure (default: all)")
    parser.add_argument("--only", action="append", choices=KINDS, help="measure this kind (may be given again)")
    parser.add_argument("--verbose", action="store_true", help="print everything that did not come out right")
    parser.add_argument(
        "--held-out", action="store_true", help="the clinics, talks and messages that no rule was made on"
    )
    parser.add_argument(
        "--rows", choices=("papers", "truth"), default="papers", help="where the payer questions' rows come from"
    )
    parser.add_argument("--llm", action="store_true", help="measure answers in a model's words instead (docs/model.md)")
    parser.add_argument(
        "--server", action="append", choices=model_servers.NAMES, help="with --llm: this one (may be given again)"
    )
    parser.add_argument(
        "--most", type=int, default=llm.MOST, metavar="N", help="with --llm: questions put to each server; 0 puts all"
    )
    parser.add_argument(
        "--ablate", type=float, default=0.0, metavar="SHARE", help="take this share of rules and other names away first"
    )
    parser.add_argument("--seed", type=int, default=0, help="which ones are taken away, or put")
    parser.add_argument("--data", type=Path, help="keep the ingested papers here for the next run")
    parser.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared" / "eval", help="folder of the real papers"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
