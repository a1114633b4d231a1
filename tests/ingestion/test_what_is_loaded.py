"""The parser's process loads the parts of LlamaIndex that cut papers, and not the whole, which is most of a start."""

import json
import subprocess
import sys

from tests.shape.tree import ROOT

LONG = "Please bring your card and come a little early to the visit. " * 30
"""More than one piece: the splitter is used."""
PAPER = f"""# Willow

We are open from eight to five. {LONG}

- Shoes
- A list of your medicines

## Where do I park?

Park in the garage on Alder Street.

| Plan | Accepted |
|---|---|
| Aetna | yes |
""".encode()
WORK = """
import json, sys
from ingestion import pipeline
from ingestion.types import ParseLimits
found = pipeline.ingest(sys.stdin.buffer.read(), "faq.md", ParseLimits())
before = sorted(sys.modules)
import llama_index.core
print(json.dumps({"kinds": sorted({str(one.kind) for one in found.chunks}), "loaded": before,
                  "pieces": len(found.chunks), "whole": llama_index.core.VectorStoreIndex.__name__}))
"""


def test_papers_are_cut_without_the_whole_package() -> None:
    command = [sys.executable, "-c", WORK]
    done = subprocess.run(command, cwd=ROOT, input=PAPER, capture_output=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    said = json.loads(done.stdout)
    assert len(said["kinds"]) == 4, said["kinds"]
    assert said["pieces"] >= 6, "the long text was not cut"
    loaded = set(said["loaded"])
    assert "llama_index.core.node_parser" in loaded
    assert loaded.isdisjoint({"llama_index.core.indices", "llama_index.core.agent", "sqlalchemy"})
    assert said["whole"] == "VectorStoreIndex", "who asks for the package must still get all of it"
