"""The interface's description: every operation says who may call it, and the public ones are known by name."""

import subprocess
import sys

from app.asgi import openapi_document

PUBLIC = {
    "health",
    "readiness",
    "aboutClinic",
    "openConversation",
    "resumeConversation",
    "ApiV1StaffSessionsStartSession",
}


def operations() -> dict[str, list[dict[str, list[str]]]]:
    """Operation id to its security."""
    paths = openapi_document()["paths"]
    return {
        operation["operationId"]: operation.get("security") for path in paths.values() for operation in path.values()
    }


def test_every_operation_says_who_may_call_it() -> None:
    """An operation without a word is one that somebody forgot to guard."""
    assert [name for name, security in operations().items() if not security] == []


def test_the_public_operations_are_known() -> None:
    """A new door without a lock must be a decision, not an accident."""
    assert {name for name, security in operations().items() if {} in security} == PUBLIC


def test_staff_operations_need_staff() -> None:
    """A visitor's token must never open what staff see."""
    paths = openapi_document()["paths"]
    staff = [
        operation["security"]
        for path, methods in paths.items()
        if path.startswith("/api/v1/staff/clinics")
        for operation in methods.values()
    ]
    assert staff
    assert all(security == [{"staff": []}] for security in staff)


def test_help_is_quick_to_load() -> None:
    """`frontdesk --help` must not wait for a web framework or a model."""
    heavy = ("litestar", "sqlmodel", "chromadb", "llama_index", "onnxruntime", "numpy", "pydantic")
    code = f"import sys, app.cli; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
