"""Makes the sample clinics' PDF, workbook and Word papers from their plain sources; run it after editing a source.

Markdown, HTML and CSV papers are written by hand and lie in papers/ as they are.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from payer_pdf import write_payer_pdf
from payer_xlsx import write_payer_xlsx
from rules_docx import write_rules_docx

HERE = Path(__file__).resolve().parent
PAPERS: dict[str, tuple[str, Callable[[dict[str, Any], Path], None]]] = {
    "brindle-cove/papers/payer-list.pdf": ("brindle-cove/source/payer-list.yaml", write_payer_pdf),
    "brindle-cove/papers/referral-rules.docx": ("brindle-cove/source/referral-rules.yaml", write_rules_docx),
    "juniper-bench/papers/payer-list.xlsx": ("juniper-bench/source/payer-list.yaml", write_payer_xlsx),
    "juniper-bench/papers/referral-rules.docx": ("juniper-bench/source/referral-rules.yaml", write_rules_docx),
}


def build(out: Path) -> list[Path]:
    """Write every made paper under `out`, laid out as in this folder; returns what was written."""
    for target, (source, write) in PAPERS.items():
        (out / target).parent.mkdir(parents=True, exist_ok=True)
        write(yaml.safe_load((HERE / source).read_text(encoding="utf-8")), out / target)
    return [out / target for target in PAPERS]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write under (default: this one)")
    for paper in build(parser.parse_args().out):
        print(paper)
