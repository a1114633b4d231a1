"""schemathesis over the whole OpenAPI document, as visitor, coordinator and manager: no request makes the server fail,
none gets in without its token, and every reply is one that the document describes.

FUZZ_CASES is how many requests to make; scripts/test makes the default, the same ones each time. With a number of one's
own they are others at each run."""

import math
import os
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access.world import ACTION
from tests.fuzz.people import Person, Place

CASES = int(os.environ.get("FUZZ_CASES", "2000"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDS_A_SESSION = {"ApiV1StaffSessionsEndSession", "endConversation"}


@dataclass
class Tally:
    """How many requests of which kind, and what each operation answered."""

    requests: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)

    def count(self, role: str, operation: str, status: int) -> None:
        self.requests[role] += 1
        self.statuses.setdefault(operation, Counter())[status] += 1


@pytest.mark.timeout(max(600, CASES))
def test_no_request_makes_it_fail_or_lets_anybody_in(harbor: Place) -> None:
    """One odd value would be an error for a patient, and one operation whose token nobody looks at an open door."""
    schema = schemathesis.openapi.from_url(f"{harbor.url}/schema/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 39
    runs = [(person, mode) for person in harbor.people for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    # A tenth more: some operations have nothing that can be wrong.
    each = 1 + math.ceil(1.1 * CASES / len(operations) / len(runs))
    tally = Tally()
    problems: list[str] = []
    with requests.Session() as http:
        for operation in operations:
            for person, mode in runs:
                try:
                    fuzz(harbor, http, operation, (person, mode, each), tally)
                except Exception as problem:
                    problems.append(f"{operation.label} as {person.role}, {mode}: {short(problem)}")
    told = {name: dict(found) for name, found in tally.statuses.items()}
    print(f"\n{sum(tally.requests.values())} requests: {dict(tally.requests)}")
    assert not problems, "\n\n".join(problems[:20])
    assert sum(tally.requests.values()) >= CASES, tally.requests
    silent = [name for name, found in told.items() if not any(status < 400 for status in found)]
    if CASES >= 2000:  # with fewer, each operation gets one try in each way
        assert len(silent) <= len(told) // 4, f"no request of these ever succeeded: {silent}"


def fuzz(harbor: Place, http: requests.Session, operation: Any, how: tuple[Person, Any, int], tally: Tally) -> None:
    """Generates and sends; raises what schemathesis finds."""
    person, mode, each = how
    seen = 0

    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        derandomize="FUZZ_CASES" not in os.environ,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.sampled_from([True, True, True, False]))
    def send(case: Any, real: bool) -> None:
        nonlocal seen
        if real:
            known(harbor, case, mode)
        aside(case)
        seen += 1
        checks = [*CHECKS, ignored_auth] if seen == 1 else CHECKS
        headers = {"Authorization": f"Bearer {person.token}", "Accept": "application/json"}
        answer = case.call(base_url=harbor.url, session=http, headers=headers, timeout=60)
        tally.count(person.role, operation.label, answer.status_code)
        mended(harbor, person, case.operation, answer.status_code)
        case.validate_response(answer, checks=checks, transport_kwargs={"session": http, "headers": headers})

    try:
        send()
    except Exception as problem:
        if "Unsatisfiable" not in type(problem).__name__:  # an operation without parameters has nothing to be wrong
            raise


def known(harbor: Place, case: Any, mode: Any) -> None:
    """Puts what is there in place of what was made up, so that requests come further than "not there"."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = harbor.ids[name]
    if isinstance(case.body, dict) and mode is GenerationMode.POSITIVE:
        named = {"document_id", "ids", "message_id", "consent", "site_key"}
        case.body |= {name: harbor.ids[name] for name in named & case.body.keys()}
        if "client_id" in case.body:
            case.body["client_id"] = secrets.token_hex(8)
        if "action" in case.body:
            case.body["action"] = "callback"
        if "rows" in case.body:
            case.body["rows"] = None
        if "document" in case.body:
            case.body["document"] = {**ACTION, "name": harbor.ids["name"]}
    if case.operation.path.endswith("/reset"):
        case.path_parameters["name"] = "referral"  # only a shipped action can be reset


def aside(case: Any) -> None:
    """No request to the web: a page's address is made one that is refused."""
    if isinstance(case.body, dict) and isinstance(case.body.get("url"), str):
        case.body["url"] = f"https://127.0.0.1/{quote(case.body['url'], errors='replace')[:500]}"


def mended(harbor: Place, person: Person, operation: Any, status: int) -> None:
    """After a deletion there must be something to ask for again."""
    if status >= 300 or operation.method.upper() == "GET":
        return
    if operation.definition.raw["operationId"] in ENDS_A_SESSION:
        if person.someone is not None:
            person.token = harbor.bearer(person.someone)
        harbor.refill()
    elif operation.method.upper() == "DELETE" or "publish" in operation.path:
        harbor.paper()
    elif "resume-link" in operation.path or "done" in operation.path:
        harbor.refill()


def short(problem: BaseException) -> str:
    """What went wrong, without the frames of the tools."""
    if isinstance(problem, BaseExceptionGroup):
        return " / ".join(short(one) for one in problem.exceptions)
    return f"{type(problem).__name__}: {str(problem)[:1500]}"
