"""Embeds the examples of `app/answering/topics.yaml` and writes `topics.npz`, so that no server has to do it when it
starts."""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from app.answering.topics import ASKED, FILE, TOLD, Matrix, digest, examples
from scripts.evals.asking import open_desk

OUT = Path(__file__).resolve().parents[2] / "app" / "answering" / FILE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {FILE}; otherwise only tell its size")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_desk(Path(folder), Path(folder), multilingual=False) as asker:
        made = {side: eighths(asker.desk.index.vectors([text for _, text in examples(side)])) for side in (ASKED, TOLD)}
    for side, rows in made.items():
        print(side, *rows.shape)
    if options.write:
        np.savez_compressed(OUT, digest=np.array(digest()), **made)


def eighths(vectors: Matrix) -> "np.typing.NDArray[np.int8]":
    """Each vector in eight bits a number, its largest at 127: its direction stays, its length does not."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.rint(vectors / largest * 127).astype(np.int8)


if __name__ == "__main__":
    main()
