"""Whether the passages that a sentence cites say what it says. A sentence of a language model is shown only where they
do; when in doubt it is not."""

from app.answering.grounding.leaning import leans
from app.answering.grounding.verdict import Verdict, supported

__all__ = ["Verdict", "leans", "supported"]
