"""What one clinic's patients can ask for: its actions, languages, and the payers its papers name."""

from dataclasses import replace

from app.dialogue.action import Catalogue
from app.rulebooks import RuleBooks
from app.store.queries.clinics import ClinicFacts
from app.store.queries.payer_names import payer_names
from app.store.session import Database


class Catalogues:
    """Call it with a clinic. Payer names are read again when the clinic's papers have changed."""

    def __init__(self, database: Database, shipped: Catalogue, rules: RuleBooks) -> None:
        self._database, self._shipped, self._rules = database, shipped, rules
        self._payers: dict[str, tuple[int, dict[str, str]]] = {}

    def __call__(self, clinic: ClinicFacts) -> Catalogue:
        """The clinic's catalogue today."""
        version, payers = self._payers.get(clinic.id, (-1, {}))
        if version != clinic.knowledge_version:
            payers = payer_names(self._database, clinic.id)
            self._payers[clinic.id] = (clinic.knowledge_version, payers)
        return self._rules.with_asked(replace(self._shipped, languages=clinic.languages, payers=payers), clinic)
