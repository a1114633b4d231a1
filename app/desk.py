"""The parts that a use case may use. Built by `bootstrap`, which alone names implementations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.answering.base import Answerer
from app.catalogues import Catalogues
from app.clock import Clock
from app.delivery.base import Transport
from app.dialogue.action import Catalogue
from app.dialogue.wording import Wording
from app.llm.guests import Guests
from app.rulebooks import RuleBooks
from app.settings import Settings
from app.store.crypto import Keys
from app.store.forwarded import Forwarded
from app.store.keyring import Keyring
from app.store.queries.live_papers import LivePapers
from app.store.session import Database
from app.store.tables import Channel
from app.store.upkeep import Upkeep
from app.store.uploads import Uploads
from app.understanding.base import Understanding
from ingestion.parser_process import ParserProcess
from knowledge.index import Index
from knowledge.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Desk:
    """One install at work. `wake` makes the worker look at the queue now, for jobs of the kind that is given or of any;
    call it after a commit that enqueued."""

    settings: Settings
    clock: Clock
    keys: Keys
    """For tokens and the like; `keyring` holds what the data is encrypted with."""
    keyring: Keyring
    database: Database
    uploads: Uploads
    wake: Callable[..., None]
    transports: Mapping[Channel, Transport]
    actions: Catalogue
    """The shipped actions; `catalogue` gives those of one clinic."""
    catalogue: Catalogues
    rules: RuleBooks
    wording: Callable[[str], Wording]
    language_of: Callable[[str], str]
    understanding: Understanding
    answerer: Answerer
    papers: LivePapers
    retriever: Retriever
    index: Index
    multilingual: Index | None
    """The copy for questions in other languages than English; None where the install has no model for them."""
    parser: ParserProcess
    guests: Guests | None = None
    """The language model; None where the install has none."""
    upkeep: Upkeep = field(default_factory=Upkeep)
    forwarded: Forwarded = field(default_factory=Forwarded)
