"""build(settings) -> Running: the only place that names implementations."""

import hmac
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.actions.shipped import shipped_actions
from app.answering.bilingual import BilingualAnswerer
from app.answering.cosines import Models
from app.answering.extractive import ExtractiveAnswerer
from app.answering.topics import Topics
from app.catalogues import Catalogues
from app.clock import Clock, system_clock
from app.delivery.base import Transport
from app.delivery.connecting import connect
from app.delivery.outbound_http import Outbound
from app.delivery.transports.folder import FolderTransport, NoTransport
from app.delivery.transports.slack import SlackTransport
from app.delivery.transports.webhook import WebhookTransport
from app.desk import Desk
from app.dialogue import emergency
from app.dialogue.action import Catalogue
from app.dialogue.language import detect
from app.dialogue.wording import wording
from app.errors import FrontdeskError, Misconfigured, describe
from app.jobs import queue
from app.jobs.giving_way import Rush
from app.jobs.policy import RetryPolicy
from app.jobs.timetable import Entry, Timetable
from app.jobs.worker import Handler, Lane, Worker
from app.llm import budget
from app.llm.guests import Guests
from app.qualification import aliases
from app.rulebooks import RuleBooks
from app.settings import Settings
from app.store.buckets import Buckets
from app.store.crypto import Keys
from app.store.opening import Store, open_store
from app.store.queries.clinics import all_clinics
from app.store.queries.live_papers import LivePapers
from app.store.session import Database
from app.store.tables import Channel
from app.store.turns import release_turns
from app.store.upgrade_copies import remove_old_copies
from app.understanding.rules import RulesUnderstanding
from app.usecases import embed_sentences, index_multilingual, take_exam
from app.usecases.anchor_audit import anchor_audit
from app.usecases.close_abandoned import close_abandoned
from app.usecases.deliver_alert import alert_failed, deliver_alert
from app.usecases.deliver_notice import deliver_notice, notice_failed, notice_moved
from app.usecases.end_turns import end_turns
from app.usecases.index_document import index_document, index_failed
from app.usecases.keep_retention import keep_retention
from app.usecases.read_page import reread_pages
from app.usecases.repair_index import repair_index
from app.usecases.resume_turns import resume_turns
from app.usecases.unindex_document import unindex_document, unindex_failed
from app.usecases.watch_outbox import watch_outbox
from app.word_caches import EVERY_S, forget_words
from ingestion.parser_process import ParserProcess
from ingestion.types import ParseLimits
from knowledge.embedders import Embedder, open_embedder
from knowledge.errors import EmbedderMissing
from knowledge.index import Index
from knowledge.multilingual import MultilingualEmbedder, MultilingualModel, installed
from knowledge.reader import OnnxReader
from knowledge.retriever import Retriever
from knowledge.vectors import VectorStore
from knowledge.words import Words

log = logging.getLogger("frontdesk")
LIMITS = "limits.db"
HEAD_START_S = 0.5
"""Loading the embedder keeps the interpreter busy for seconds; those who waited for the restart come first."""
WARM_PATIENCE_S = 15.0
REPAIRED_AT_ONCE = 256
"""Passages embedded between two looks at whether the server stops."""
REREAD_LOOK_S = 600.0
EXAM_LOOK_S = 900.0
TURNS_EVERY_S = 3600.0
RETENTION_EVERY_S = 6 * 3600.0
LANES = (
    Lane(("deliver", "alert"), 4, gives_way=True),
    Lane(("index", "unindex"), 1),
    Lane((embed_sentences.KIND, index_multilingual.KIND), 1),
    Lane((take_exam.KIND,), 1),
)


@dataclass(frozen=True, slots=True)
class Running:
    """A desk with its background work. `new_key_file` is the path of a master key made just now, if any; `rush`
    is told of each request."""

    desk: Desk
    worker: Worker
    timetable: Timetable
    new_key_file: Path | None
    rush: Rush
    _stopping: threading.Event = field(default_factory=threading.Event)
    _warming: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Starts the worker, the timetable, and the loading of the embedder; nothing waits for the last."""
        self.worker.start()
        self.timetable.start()
        thread = threading.Thread(target=self._warm, name="warm", daemon=True)
        self._warming.append(thread)
        thread.start()

    def open_buckets(self) -> Buckets:
        """Where limits are counted; the caller closes it."""
        desk = self.desk
        return Buckets(desk.settings.data_dir / LIMITS, desk.keys.derive("limits"), desk.clock)

    def close(self) -> None:
        """Stops background work, then closes the database."""
        self._stopping.set()
        self.worker.ask_to_stop()
        if self.desk.guests is not None:
            self.desk.guests.stop()
        self.desk.parser.close()  # waiting for a long paper may take a minute; it is read again after the start
        self.timetable.stop()
        self.worker.stop()
        self.desk.parser.close()
        for thread in self._warming:  # native code that is still loading would abort the interpreter at its end
            thread.join(WARM_PATIENCE_S)
        for index in filter(None, (self.desk.index, self.desk.multilingual)):
            index.close()
        if self.desk.guests is not None:
            self.desk.guests.close()
        self._anchor()
        self.desk.database.close()

    def _anchor(self) -> None:
        """The last word of this run on the audit; a failing disk must not keep the database open."""
        try:
            anchor_audit(self.desk, "stopped")
        except (FrontdeskError, OSError) as problem:
            log.error("the audit's anchor was not written: %s", describe(problem))

    def _repair(self, clinic_id: str) -> None:
        """In steps: after an upgrade with another model all papers are read again, and a stop must not wait so long."""
        while not self._stopping.is_set() and repair_index(self.desk, clinic_id, most=REPAIRED_AT_ONCE)[0]:
            pass

    def _warm(self) -> None:
        if self._stopping.wait(HEAD_START_S):
            return
        try:
            aliases.warm()
            self.desk.index.warm()
            if self.desk.guests is not None:
                self.desk.guests.warm()
            for clinic in all_clinics(self.desk.database):
                if self._stopping.is_set():
                    return
                self._repair(clinic.id)
                embed_sentences.mend(self.desk, clinic.id)
                index_multilingual.mend(self.desk, clinic.id)
                self.desk.retriever.warm(clinic.id)
        except Exception as problem:  # words-only retrieval goes on; doctor shows what is wrong
            log.error("the index could not be loaded: %s", describe(problem))


def build(settings: Settings) -> Running:
    """Opens the data folder (made if missing) and assembles the desk. Raises Misconfigured. The caller owns the
    folder's lock; nothing runs in the background until `start()`."""
    emergency.version()  # a file of red flags that cannot be used stops the start, not the screening
    clock = system_clock(settings.clock_offset_s)
    transports = _transports(settings, clock)
    store = open_store(settings)
    database, policy = store.database, _policy(settings, store.keyring.keys)
    database.write(lambda session: queue.release_all(session, clock(), policy))
    database.write(release_turns)
    database.write(budget.release_all)
    handlers: dict[str, Handler] = {}
    rush = Rush()
    sharing = getattr(transports["email"], "sharing", nullcontext)  # its class would load the mail library
    worker = Worker(database, clock, handlers, LANES, policy, sharing, rush.on)
    desk = _desk(settings, clock, store, transports, worker.wake)
    handlers["deliver"] = Handler(
        partial(deliver_notice, desk), partial(notice_failed, desk), partial(notice_moved, desk)
    )
    handlers["alert"] = Handler(partial(deliver_alert, desk), partial(alert_failed, desk))
    handlers["index"] = Handler(partial(index_document, desk), partial(index_failed, desk))
    handlers["unindex"] = Handler(partial(unindex_document, desk), partial(unindex_failed, desk))
    handlers[index_multilingual.KIND] = Handler(partial(index_multilingual.run, desk), index_multilingual.failed)
    handlers[embed_sentences.KIND] = Handler(partial(embed_sentences.run, desk), embed_sentences.failed)
    handlers[take_exam.KIND] = Handler(partial(take_exam.run, desk), take_exam.failed)
    timetable = Timetable(
        [
            Entry("outbox", 1.0, worker.tidy),
            Entry("watch", 30.0, partial(watch_outbox, desk)),
            Entry("resume", 5.0, partial(resume_turns, desk)),
            Entry("pages", REREAD_LOOK_S, partial(reread_pages, desk)),
            Entry("turns", TURNS_EVERY_S, partial(end_turns, desk)),
            Entry("exam", EXAM_LOOK_S, partial(take_exam.look_for_exams, desk)),
            Entry("words", EVERY_S, forget_words),
            Entry("retention", RETENTION_EVERY_S, partial(keep_retention, desk)),
            Entry("audit anchor", settings.audit_anchor_every_s, partial(anchor_audit, desk)),
            Entry("copies", 86_400.0, partial(remove_old_copies, settings.data_dir)),
            Entry("abandoned", min(30.0, settings.abandon_after_s / 3), partial(close_abandoned, desk)),
        ]
    )
    return Running(desk, worker, timetable, store.new_key_file, rush)


def _policy(settings: Settings, keys: Keys) -> RetryPolicy:
    smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
    setup = hmac.digest(keys.derive("outbox-setup"), f"{smtp}\n{settings.mail_from}".encode(), "sha256").hex()
    return RetryPolicy(
        settings.outbox_retry_base_s,
        settings.outbox_retry_cap_s,
        settings.outbox_horizon_h * 3600,
        settings.outbox_ambiguous_wait_s,
        setup,
    )


def _transports(settings: Settings, clock: Clock) -> Mapping[Channel, Transport]:
    outbound = Outbound(settings.webhook_timeout_s, allow_private=settings.fetch_private)
    return {
        "email": _mail(settings),
        "slack": SlackTransport(outbound, clock),
        "webhook": WebhookTransport(outbound, clock),
    }


def _mail(settings: Settings) -> Transport:
    if settings.smtp_url is not None:
        from app.delivery.transports.email import EmailTransport, SmtpServer

        server = SmtpServer.from_url(settings.smtp_url.get_secret_value())
        return EmailTransport(server, settings.mail_from, settings.smtp_timeout_s)
    return (
        NoTransport()
        if settings.env == "production"
        else FolderTransport(settings.data_dir / "mail", settings.mail_from)
    )


def _embedder(settings: Settings) -> Embedder:
    try:
        return open_embedder(settings.embedder, threads=settings.embedder_threads)
    except EmbedderMissing as problem:
        raise Misconfigured(f"FRONTDESK_EMBEDDER: {problem.message}", problem.remedy) from None


def _multilingual(settings: Settings) -> Index | None:
    if settings.multilingual_embedder == "off" or not installed():
        return None
    model = MultilingualModel()
    passages = MultilingualEmbedder(model)
    vectors = VectorStore(settings.data_dir / "index-multilingual", passages)
    return Index(passages, vectors, asking=MultilingualEmbedder(model, asks=True))


def _guests(settings: Settings, database: Database, clock: Clock) -> Guests | None:
    if not settings.llm_base_url:
        return None
    # The operator chose the server, which may well stand on this machine or beside it.
    return Guests(settings, database, clock, partial(connect, allow_private=True))


def _desk(
    settings: Settings,
    clock: Clock,
    store: Store,
    transports: Mapping[Channel, Transport],
    wake: Callable[..., None],
) -> Desk:
    database = store.database
    papers = LivePapers(database, clock)
    embedder = _embedder(settings)
    index = Index(
        embedder,
        VectorStore(settings.data_dir / "index", embedder),
        reader=OnnxReader(threads=settings.embedder_threads),
    )
    multilingual = _multilingual(settings)
    rules = RuleBooks(database)
    limits = ParseLimits(
        seconds=settings.parse_timeout_s,
        memory_mib=settings.parse_memory_mb,
        pages=settings.parse_max_pages,
        bytes=int(settings.upload_max_mb * 1024 * 1024),
    )

    return Desk(
        settings=settings,
        clock=clock,
        keys=store.keyring.keys,
        keyring=store.keyring,
        database=database,
        uploads=store.uploads,
        wake=wake,
        transports=transports,
        actions=Catalogue(shipped_actions()),
        catalogue=Catalogues(database, rules),
        rules=rules,
        wording=wording,
        language_of=lambda text: detect(text) or "en",
        understanding=RulesUnderstanding(),
        answerer=BilingualAnswerer(ExtractiveAnswerer(Models(index.likeness, Topics(index.vectors), index.odds))),
        papers=papers,
        retriever=Retriever(index, Words(), papers, multilingual=multilingual),
        index=index,
        multilingual=multilingual,
        parser=ParserProcess(limits),
        guests=_guests(settings, database, clock),
    )
