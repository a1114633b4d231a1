"""Every table, imported once so that the metadata is whole. Tables never cross HTTP."""

from app.store.tables.actions import ActionVersion
from app.store.tables.audit import AuditEntry
from app.store.tables.clinics import Clinic
from app.store.tables.conversations import SILENT, WAITING, Conversation, Message
from app.store.tables.destinations import Channel, Destination
from app.store.tables.documents import ChunkRow, ChunkSentences, Document, DocumentVersion
from app.store.tables.idempotency import Idempotency
from app.store.tables.jobs import OPEN_JOBS, FailingRoute, Job
from app.store.tables.leads import Lead, Notice, NoticeKind, QuestionKind, UnansweredQuestion
from app.store.tables.models import Egress, ModelDay, ModelExam
from app.store.tables.outages import Outage, OutageKind
from app.store.tables.payers import PayerListRow
from app.store.tables.resume_links import ResumeLink
from app.store.tables.rules import RuleVersion
from app.store.tables.staff import (
    Invitation,
    KnownPlace,
    Membership,
    Passkey,
    RecoveryCode,
    SecondFactor,
    SignInAttempt,
    SpentChallenge,
    Staff,
    StaffSession,
)

__all__ = [
    "OPEN_JOBS",
    "SILENT",
    "WAITING",
    "ActionVersion",
    "AuditEntry",
    "Channel",
    "ChunkRow",
    "ChunkSentences",
    "Clinic",
    "Conversation",
    "Destination",
    "Document",
    "DocumentVersion",
    "Egress",
    "FailingRoute",
    "Idempotency",
    "Invitation",
    "Job",
    "KnownPlace",
    "Lead",
    "Membership",
    "Message",
    "ModelDay",
    "ModelExam",
    "Notice",
    "NoticeKind",
    "Outage",
    "OutageKind",
    "Passkey",
    "PayerListRow",
    "QuestionKind",
    "RecoveryCode",
    "ResumeLink",
    "RuleVersion",
    "SecondFactor",
    "SignInAttempt",
    "SpentChallenge",
    "Staff",
    "StaffSession",
    "UnansweredQuestion",
]
