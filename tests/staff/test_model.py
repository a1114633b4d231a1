"""What staff see and set of the language model: the switch, where words go, what was used, and exactly what left."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.answering.generative import MOST_TOKENS
from app.answering.prompting import prompts
from app.control.commands.doctor_model import model_findings
from app.desk import Desk
from app.llm import budget
from app.llm.base import Failure, ModelFailed, Part, Prompt
from app.store.queries.clinics import clinic_of_site
from app.store.tables import AuditEntry, Clinic, Egress, Job, ModelDay, ModelExam
from app.understanding.exam import exam_version
from app.understanding.model import MOST_TOKENS as MOST_TOKENS_TO_UNDERSTAND
from app.usecases.model_failures import explained
from app.usecases.model_status import LEAST_CALL_TOKENS
from app.web.dashboard.model import pieces
from app.web.policy import POLICY, Act
from knowledge.types import Chunk, ChunkKind, Passage
from tests.cast import make_egress, make_lead
from tests.llm.servers import ModelServer, honest, model_server, nobody_listens, say, status
from tests.staff.conftest import Install, start
from tests.staff.test_dashboard import Browser, rows, seen

MODEL = {"llm_base_url": "https://models.example/v1", "llm_model": "small-model"}


@pytest.fixture
def with_model(tmp_path: Path) -> Iterator[Install]:
    """An install that has a model, at a server that nobody asks here."""
    yield from start(tmp_path, **MODEL)


def switches(install: Install) -> list[tuple[str, str | None]]:
    acts = rows(install, AuditEntry, AuditEntry.verb.in_(["model_on", "model_off"]))  # type: ignore[attr-defined]
    return [(act.verb, act.actor_id) for act in acts]


def use(install: Install, days_ago: int = 0, **figures: int) -> None:
    """Some use of the model on a day of Chicago, where the clinic is."""
    from zoneinfo import ZoneInfo

    day = install.desk.clock().astimezone(ZoneInfo("America/Chicago")).date() - timedelta(days=days_ago)
    row = ModelDay(clinic_id=install.cast.clinic_id, day=day, **figures)
    install.desk.database.write(lambda session: session.add(row))


def test_an_install_without_a_model_says_so_and_refuses_the_switch(fresh_install: Install) -> None:
    """A switch that stands on and does nothing would be believed."""
    install, headers = fresh_install, fresh_install.token(fresh_install.cast.manager)
    assert install.client.get(install.url("model"), headers=headers).json()["state"] == "none"
    answer = install.client.put(install.url("model"), headers=headers, json={"on": True})
    assert answer.status_code == 422
    assert "FRONTDESK_LLM_BASE_URL" in answer.json()["error"]["remedy"]
    browser = Browser(install, install.cast.manager)
    page = seen(browser.get("/dashboard/harbor/model"))
    assert "This install has no language model." in page
    assert "Switch it on" not in page
    refused = browser.post("/dashboard/harbor/model", {"on": "true"})
    assert (refused.status_code, "FRONTDESK_LLM_MODEL" in seen(refused)) == (422, True)
    assert (rows(install, Clinic, Clinic.id == install.cast.clinic_id)[0].model_on, switches(install)) == (False, [])


@pytest.mark.parametrize("way", ["api", "dashboard"])
def test_a_manager_switches_and_it_is_on_record_once(with_model: Install, way: str) -> None:
    """Nobody could say afterwards who let patients' words leave, or since when."""
    install, cast = with_model, with_model.cast
    browser, headers = Browser(install, cast.manager), install.token(cast.manager)
    browser.get("/dashboard/harbor/model")

    def switch(on: bool) -> None:
        if way == "api":
            answer = install.client.put(install.url("model"), headers=headers, json={"on": on})
            assert (answer.status_code, answer.json()["on"]) == (200, on)
        else:
            answer = browser.post("/dashboard/harbor/model", {"on": str(on).lower()})
            assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/harbor/model")

    for on in (True, True, False):
        switch(on)
        mine, other = (rows(install, Clinic, Clinic.id == one)[0].model_on for one in (cast.clinic_id, cast.other_id))
        assert (mine, other) == (on, False)
    assert switches(install) == [("model_on", cast.manager.staff_id), ("model_off", cast.manager.staff_id)]


def test_a_coordinator_reads_and_a_viewer_does_not(with_model: Install) -> None:
    """Whoever may switch decides about privacy; what left holds patients' words."""
    install, cast = with_model, with_model.cast
    sent = make_egress(install.desk, cast.clinic_id)
    coordinator, viewer = install.token(cast.coordinator), install.token(cast.viewer)
    for path in ("model", "egress", f"egress/{sent}"):
        assert install.client.get(install.url(path), headers=coordinator).status_code == 200
        assert install.client.get(install.url(path), headers=viewer).status_code == 403
    assert install.client.put(install.url("model"), headers=coordinator, json={"on": True}).status_code == 403
    page = seen(Browser(install, cast.coordinator).get("/dashboard/harbor/model"))
    assert "A manager can switch it on." in page
    assert "Switch it on" not in page
    leads = seen(Browser(install, cast.viewer).get("/dashboard/harbor/leads"))
    assert "Language model" not in leads


@pytest.mark.parametrize(("taken", "refused"), [(Act.READ_EGRESS, "egress"), (Act.READ_MODEL, "model")])
def test_how_it_stands_and_what_left_are_two_rights(
    with_model: Install, monkeypatch: pytest.MonkeyPatch, taken: Act, refused: str
) -> None:
    """Patients' words are not to be read by whoever may see that the model is well."""
    install, cast = with_model, with_model.cast
    sent = make_egress(install.desk, cast.clinic_id)
    monkeypatch.setitem(POLICY, "coordinator", POLICY["coordinator"] - {taken})
    headers, browser = install.token(cast.coordinator), Browser(install, cast.coordinator)
    for path in ("model", "egress", f"egress/{sent}"):
        wanted = 403 if path.startswith(refused) else 200
        assert install.client.get(install.url(path), headers=headers).status_code == wanted, path
        assert browser.get(f"/dashboard/harbor/{path}").status_code == wanted, path


def test_what_was_used_is_counted_by_the_clinics_day(with_model: Install) -> None:
    """A bill that nobody saw coming; or the wrong day, just before midnight."""
    install = with_model
    use(install, calls=3, failed=1, prompt_tokens=1200, completion_tokens=300)
    use(install, 29, calls=2, prompt_tokens=500, completion_tokens=0)
    use(install, 30, calls=100, prompt_tokens=9, completion_tokens=9)
    found = install.client.get(install.url("model"), headers=install.token(install.cast.coordinator)).json()
    assert found["today"] == {"calls": 3, "failed": 1, "prompt_tokens": 1200, "completion_tokens": 300, "usd": None}
    assert (found["last_days"]["calls"], found["last_days"]["prompt_tokens"]) == (5, 1700)
    page = seen(Browser(install, install.cast.coordinator).get("/dashboard/harbor/model"))
    assert "Today: 1,500 of 500,000 tokens" in page
    assert "no prices are set" in page


def test_the_page_says_where_words_go_what_they_cost_and_when_today_is_used_up(tmp_path: Path) -> None:
    """A clinic would think that it is covered by an agreement, or that the model is broken."""
    prices = {"llm_price_in_usd_per_mtok": 20.0, "llm_price_out_usd_per_mtok": 80.0}
    for install in start(tmp_path, **MODEL, **prices, llm_tokens_per_day=2000):
        browser = Browser(install, install.cast.manager)
        before = seen(browser.get("/dashboard/harbor/model"))
        assert "No agreement is named." in before
        assert "before you switch it on" in before
        use(install, calls=1, prompt_tokens=1500, completion_tokens=450)
        browser.post("/dashboard/harbor/model", {"on": "true"})
        page = seen(browser.get("/dashboard/harbor/model"))
        for said in ("used up for today", "again after midnight", "about $0.07", "models.example"):
            assert said in page, said


def test_used_up_is_said_when_a_call_no_longer_fits(tmp_path: Path) -> None:
    """What is left would look like enough, and nobody would know why answers changed."""
    with model_server(honest(lambda _: "Hello.")) as server:
        there = {"llm_base_url": server.base_url, "llm_model": "scripted", "llm_tokens_per_day": 2000}
        for install in start(tmp_path, **there):
            headers = install.token(install.cast.manager)
            install.client.put(install.url("model"), headers=headers, json={"on": True})
            use(install, calls=1, prompt_tokens=1000, completion_tokens=0)

            def state(install: Install = install, headers: dict[str, str] = headers) -> str:
                return str(install.client.get(install.url("model"), headers=headers).json()["state"])

            def ask(max_tokens: int, install: Install = install) -> None:
                clinic = replace(clinic_of_site(install.desk.database, "harbor"), model_on=True)
                guest = install.desk.guests.for_turn(clinic, conversation_id=None)  # type: ignore[union-attr]
                list(guest.stream("answer", [Prompt("user", [Part("How long?")])], max_tokens=max_tokens))  # type: ignore[union-attr]

            ask(100)
            assert state() == "well"
            with pytest.raises(ModelFailed) as failed:
                ask(1200)
            assert (failed.value.failure, len(server.asked), state()) == ("budget", 1, "used_up")
            page = seen(Browser(install, install.cast.manager).get("/dashboard/harbor/model"))
            assert "On, used up for today" in page


def test_no_call_about_a_message_fits_into_less_than_the_least() -> None:
    """A page that says "used up" while answers are still worded would be wrong the other way round."""
    paper = Passage(Chunk(1, ChunkKind.PROSE, "Free.", (), 1, "", (), "one"), "doc", "Paper", None, 1.0)
    worded = sum(len(part.text) for prompt in prompts("?", [paper], "en") for part in prompt.parts)
    assert budget.estimate(worded) + MOST_TOKENS > LEAST_CALL_TOKENS
    assert MOST_TOKENS_TO_UNDERSTAND > LEAST_CALL_TOKENS


def test_an_agreement_and_a_server_of_its_own_are_said(tmp_path: Path) -> None:
    """The warning would stand where nothing is wrong, and nobody would read it where something is."""
    named = {"llm_baa": "Agreement of 2026-03-01 with Example Models", "llm_redaction": "off"}
    for install in start(tmp_path / "named", **MODEL, **named):
        page = seen(Browser(install, install.cast.manager).get("/dashboard/harbor/model"))
        assert named["llm_baa"] in page
        assert "No agreement is named." not in page
        assert "sent as they are" in page
    own = {**MODEL, "llm_base_url": "http://127.0.0.1:9/v1", "llm_local": True}
    for install in start(tmp_path / "own", **own):
        page = seen(Browser(install, install.cast.manager).get("/dashboard/harbor/model"))
        assert "On this machine: nothing leaves it." in page
        assert "No agreement is named." not in page


@pytest.mark.parametrize(("right", "passed", "said"), [(38, True, "So it also helps"), (9, False, "own rules")])
def test_the_exam_is_told_in_words(with_model: Install, right: int, passed: bool, said: str) -> None:
    """A figure alone does not say what it means for patients."""
    install, now = with_model, with_model.desk.clock()
    told = {"host": "models.example", "model": "small-model", "asked": 40}
    for exam, number, at in (("of an earlier release", 1, now), (exam_version(), right, now - timedelta(days=1))):
        row = ModelExam(exam=exam, right=number, passed=passed, taken_at=at, **told)
        install.desk.database.write(lambda session, row=row: session.add(row))
    found = install.client.get(install.url("model"), headers=install.token(install.cast.coordinator)).json()
    assert (found["exam"]["right"], found["exam"]["passed"]) == (right, passed)
    page = seen(Browser(install, install.cast.coordinator).get("/dashboard/harbor/model"))
    assert f"With it, the desk understood {right} of 40 practice messages; without it, " in page
    assert said in page


def test_what_left_is_a_list_newest_first_and_goes_on_where_it_ended(with_model: Install) -> None:
    """What was sent last week could not be found, or a line would be skipped while new ones come in."""
    install, cast = with_model, with_model.cast
    began = install.desk.clock() - timedelta(hours=1)
    ids = [
        make_egress(install.desk, cast.clinic_id, sent_at=began + timedelta(seconds=number // 2))
        for number in range(120)
    ]
    make_egress(install.desk, cast.other_id)
    headers, found, before = install.token(cast.coordinator), [], None
    for _ in range(4):
        given = {"before": before} if before else {}
        page = install.client.get(install.url("egress"), headers=headers, params=given).json()
        found += [(line["sent_at"], line["id"]) for line in page["egress"]]
        make_egress(install.desk, cast.clinic_id)
        before = page["older"]
        if before is None:
            break
    assert [one for one in found if one[1] in ids] == sorted(found, reverse=True)
    assert {one for _, one in found} == set(ids)
    assert "body" not in json.dumps(page)
    wrong = install.client.get(install.url("egress"), headers=headers, params={"before": "sent_nothing"})
    assert wrong.status_code == 404


def test_one_of_them_shows_exactly_what_left_and_that_somebody_looked_is_kept(with_model: Install) -> None:
    """The clinic could not answer a patient who asks what the model was told of them."""
    install, cast = with_model, with_model.cast
    lead_id, _ = make_lead(install.desk, cast.clinic_id)
    with install.desk.database.read() as session:
        from app.store.tables import Lead

        talk = session.get(Lead, lead_id).conversation_id  # type: ignore[union-attr]
    said = "I am [NAME_1] <b>not bold</b>, call [PHONE_1]"
    sent = make_egress(install.desk, cast.clinic_id, talk, said, result="late")
    headers = install.token(cast.coordinator)
    listed = install.client.get(install.url("egress"), headers=headers).json()["egress"]
    found = install.client.get(install.url(f"egress/{sent}"), headers=headers).json()
    assert (listed[0]["lead_id"], listed[0]["result"], listed[0]["seconds"]) == (lead_id, "late", 1.5)
    assert found["messages"][1] == {"role": "user", "text": said}
    assert found["body"] == rows(install, Egress, Egress.id == sent)[0].body
    browser = Browser(install, cast.coordinator)
    assert "The model did not answer in time ·" in seen(browser.get("/dashboard/harbor/egress"))
    page = browser.get(f"/dashboard/harbor/egress/{sent}").text
    assert "<mark>[NAME_1]</mark> &lt;b&gt;not bold&lt;/b&gt;, call <mark>[PHONE_1]</mark>" in page
    assert f"/dashboard/harbor/leads/{lead_id}" in page
    looked = rows(install, AuditEntry, AuditEntry.verb.in_(["egress_list_read", "egress_read"]))  # type: ignore[attr-defined]
    assert [(act.verb, act.actor_id, act.target_id) for act in looked] == [
        ("egress_list_read", cast.coordinator.staff_id, cast.clinic_id),
        ("egress_read", cast.coordinator.staff_id, sent),
    ]


@pytest.mark.parametrize("body", ["not json", '"text"', '{"messages": 7}', '{"messages": [7]}', "[]"])
def test_a_body_of_another_shape_is_shown_as_it_is(with_model: Install, body: str) -> None:
    """What left must be readable also when a later release sends something else."""
    install = with_model
    sent = make_egress(install.desk, install.cast.clinic_id, body=body, result="")
    page = Browser(install, install.cast.manager).get(f"/dashboard/harbor/egress/{sent}")
    assert page.status_code == 200
    assert body in seen(page)


def test_nothing_left_yet_is_said(with_model: Install) -> None:
    """An empty page looks broken."""
    assert "Nothing was sent." in seen(Browser(with_model, with_model.cast.manager).get("/dashboard/harbor/egress"))


def test_tokens_are_told_from_brackets_of_other_kinds() -> None:
    """Staff would believe that words were hidden which were not."""
    found = list(pieces("[NAME_1][NAME_1b][MEMBER_ID_12] [sic] [name_1] [1] [NAME_]"))
    assert [part for part, hidden in found if hidden] == ["[NAME_1]", "[NAME_1b]", "[MEMBER_ID_12]"]
    assert "".join(part for part, _ in found) == "[NAME_1][NAME_1b][MEMBER_ID_12] [sic] [name_1] [1] [NAME_]"


def test_a_form_that_says_neither_on_nor_off_changes_nothing(with_model: Install) -> None:
    """A broken button would switch at random."""
    browser = Browser(with_model, with_model.cast.manager)
    browser.get("/dashboard/harbor/model")
    given: dict[str, Any] = {"on": "maybe"}
    assert browser.post("/dashboard/harbor/model", given).status_code == 422
    assert switches(with_model) == []


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[tuple[Install, ModelServer]]:
    """An install whose model answers with what it was told."""
    with model_server(honest(lambda asked: f"Hello! {asked.text.split('I am ')[-1]}")) as server:
        for install in start(tmp_path, llm_base_url=server.base_url, llm_model="scripted", rate_limits="off"):
            yield install, server


def try_it(install: Install) -> dict[str, Any]:
    headers = install.token(install.cast.manager)
    answer = install.client.post(install.url("model/try"), headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_trial_shows_what_came_back_and_what_left_while_the_clinic_has_it_off(
    answering: tuple[Install, ModelServer],
) -> None:
    """A manager would have to let patients try it."""
    install, server = answering
    tried = try_it(install)
    assert (tried["ok"], tried["failure"], tried["remedy"]) == (True, None, "")
    assert tried["said"] == "Hello! Robin Sample, and my number is 202-555-0100."
    [asked] = server.asked
    row = rows(install, Egress, Egress.id == tried["egress_id"])[0]
    assert (row.purpose, row.conversation_id, row.result, row.body.encode()) == ("trial", None, "ok", asked.raw)
    assert rows(install, Clinic, Clinic.id == install.cast.clinic_id)[0].model_on is False
    acts = rows(install, AuditEntry, AuditEntry.verb == "model_tried")
    assert [act.actor_id for act in acts] == [install.cast.manager.staff_id]
    browser = Browser(install, install.cast.manager)
    browser.get("/dashboard/harbor/model")
    page = seen(browser.post("/dashboard/harbor/model/try"))
    assert "The model answered after" in page
    assert "Hello! Robin Sample" in page


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        (status(401), Failure.UNAUTHORIZED),
        (status(404), Failure.REFUSED),
        (status(429), Failure.LIMITED),
        (say(""), Failure.EMPTY),
    ],
)
def test_a_trial_that_fails_says_why_and_what_helps(
    answering: tuple[Install, ModelServer], script: Any, failure: Failure
) -> None:
    """A wrong key looks like a broken desk to whoever does not run the server."""
    install, server = answering
    server.script = lambda _: script
    tried = try_it(install)
    assert (tried["ok"], tried["failure"]) == (False, failure.value)
    assert (tried["what"], tried["remedy"]) == (explained(failure).what, explained(failure).remedy)
    browser = Browser(install, install.cast.manager)
    browser.get("/dashboard/harbor/model")
    assert explained(failure).remedy in seen(browser.post("/dashboard/harbor/model/try"))


def test_a_server_that_is_left_alone_is_said_with_the_reason(answering: tuple[Install, ModelServer]) -> None:
    """Staff would wonder why answers changed, and nobody would mend the key."""
    install, server = answering
    server.script = lambda _: status(401)
    headers = install.token(install.cast.manager)
    failures = [try_it(install)["failure"]]
    found = install.client.put(install.url("model"), headers=headers, json={"on": True}).json()
    assert (found["state"], found["trouble"]["failure"]) == ("well", "unauthorized")
    page = seen(Browser(install, install.cast.coordinator).get("/dashboard/harbor/model"))
    assert "The last time it was asked, it did not help. The model" in page
    assert install.client.put(install.url("model"), headers=headers, json={"on": False}).json()["on"] is False
    failures += [try_it(install)["failure"] for _ in range(6)]
    assert set(failures) == {"unauthorized", "resting"}
    assert install.client.get(install.url("model"), headers=headers).json()["state"] == "off"
    found = install.client.put(install.url("model"), headers=headers, json={"on": True}).json()
    assert (found["state"], found["resting"]["failure"], found["trouble"]) == ("resting", "unauthorized", None)
    page = seen(Browser(install, install.cast.coordinator).get("/dashboard/harbor/model"))
    assert "The model’s server refused the key." in page.replace("'", "’")
    assert "patients are answered as without it" in page


def test_metrics_count_calls_tokens_and_seconds(answering: tuple[Install, ModelServer]) -> None:
    """Whoever watches the server could not see that it fails, or what it costs."""
    install, server = answering
    try_it(install)
    server.script = lambda _: status(401)
    for _ in range(6):
        try_it(install)
    told = install.client.get("/metrics").text
    lines = dict(line.rsplit(" ", 1) for line in told.splitlines() if line.startswith("model_"))
    assert lines['model_calls_total{purpose="trial",result="ok"}'] == "1.0"
    failed = float(lines['model_calls_total{purpose="trial",result="unauthorized"}'])
    assert failed + float(lines['model_kept_back_total{reason="resting"}']) == 6.0
    assert float(lines["model_seconds_count"]) == failed + 1
    assert lines['model_seconds_bucket{le="+Inf"}'] == lines["model_seconds_count"]
    assert float(lines["model_seconds_sum"]) > 0
    assert float(lines['model_tokens_total{kind="prompt"}']) > 0
    assert lines["model_resting"] == "1.0"
    assert "harbor" not in "".join(lines).casefold()


def test_an_install_without_a_model_has_no_figures_of_it(fresh_install: Install) -> None:
    """A panel of zeros looks like a model that nobody asks."""
    assert "model_" not in fresh_install.client.get("/metrics").text


def found_by_doctor(desk: Desk) -> list[tuple[bool, str, str | None]]:
    return [(one["ok"], one["message"], one["remedy"]) for one in model_findings(desk)]


def test_doctor_says_whether_the_server_takes_the_key_and_knows_the_model(tmp_path: Path) -> None:
    """A misspelled model would be found by patients, one failed call after the other."""
    key = "sk-never-shown-0123456789"
    with model_server(honest(lambda _: "Hello.")) as server:
        for install in start(tmp_path, llm_base_url=server.base_url, llm_model="scripted", llm_api_key=key):
            desk = install.desk
            assert found_by_doctor(desk)[0][:2] == (
                True,
                f"scripted at {server.base_url[7:-3]}: reached, key taken, model known (no clinic uses it)",
            )
            headers = install.token(install.cast.manager)
            install.client.put(install.url("model"), headers=headers, json={"on": True})
            known, agreement = found_by_doctor(desk)
            assert "(used by Harbor Physical Therapy)" in known[1]
            assert "no agreement (BAA)" in agreement[1]
            said = [*found_by_doctor(desk)]
            server.listing = lambda line: line.json({"object": "list", "data": [{"id": f"m{n}"} for n in range(9)]})
            said += found_by_doctor(desk)
            assert (said[-2][0], "m0, m1, m2, m3, m4, ..." in said[-2][1]) == (False, True)
            server.listing = lambda line: line.json({"object": "list", "data": [{"id": "/models/of-its-own.gguf"}]})
            said += found_by_doctor(desk)
            assert (said[-2][0], "calls its only model /models/of-its-own.gguf" in said[-2][1]) == (True, True)
            server.listing = lambda line: line.json({"error": {"message": f"wrong key {key}"}}, status=401)
            said += found_by_doctor(desk)
            assert (said[-2][0], "refused the key" in said[-2][1]) == (False, True)
            assert "FRONTDESK_LLM_API_KEY" in str(said[-2][2])
            for quiet in (
                lambda line: line.json({"error": "no such page"}, status=404),
                lambda line: line.whole(b"<html>", 200, {"Content-Type": "text/html"}),
            ):
                server.listing = quiet
                said += found_by_doctor(desk)
                assert (said[-2][0], "does not say which models" in said[-2][1]) == (True, True)
            assert key not in str(said)
            assert server.asked == [], "doctor sends nothing but the question for names"


def test_doctor_says_that_nobody_listens_and_that_a_switch_does_nothing(tmp_path: Path, fresh_install: Install) -> None:
    """The first thing that is looked at when answers changed overnight."""
    with nobody_listens() as url:
        for install in start(tmp_path / "deaf", llm_base_url=url, llm_model="scripted"):
            [found] = found_by_doctor(install.desk)
            assert (found[0], "cannot be reached" in found[1]) == (True, True), "no fault while no clinic uses it"
            headers = install.token(install.cast.manager)
            install.client.put(install.url("model"), headers=headers, json={"on": True})
            assert found_by_doctor(install.desk)[0][0] is False
    assert found_by_doctor(fresh_install.desk) == [(True, "none", None)]

    def left_on(session: Any) -> None:
        clinic = session.get(Clinic, fresh_install.cast.clinic_id)
        clinic.model_on = True
        session.add(clinic)

    fresh_install.desk.database.write(left_on)
    [found] = found_by_doctor(fresh_install.desk)
    assert (found[0], "Harbor Physical Therapy and does nothing" in found[1]) == (False, True)


def test_a_manager_lets_the_model_take_its_exam_again(with_model: Install) -> None:
    """After a better model was put behind the same name, nobody could have it looked at."""
    install, cast = with_model, with_model.cast
    headers = install.token(cast.manager)
    refused = install.client.post(install.url("model/exam"), headers=headers)
    assert (refused.status_code, refused.json()["error"]["remedy"]) == (422, "Switch it on first.")
    install.client.put(install.url("model"), headers=headers, json={"on": True})
    waiting = [job.id for job in rows(install, Job, Job.kind == "exam")]
    assert len(waiting) == 1, "a model that is new here takes it by itself"

    def taken(session: Any) -> None:
        session.delete(session.get(Job, waiting[0]))
        facts = {"host": "models.example", "model": "small-model", "exam": exam_version()}
        session.add(ModelExam(right=9, asked=40, passed=False, taken_at=install.desk.clock(), **facts))

    install.desk.database.write(taken)
    browser = Browser(install, cast.manager)
    assert "Let it answer them again" in seen(browser.get("/dashboard/harbor/model"))
    assert browser.post("/dashboard/harbor/model/exam").status_code == 303
    assert "It is answering the practice messages." in seen(browser.get("/dashboard/harbor/model"))
    again = install.client.post(install.url("model/exam"), headers=headers)
    assert (again.status_code, again.json()["exam_waits"], again.json()["exam"]["right"]) == (202, True, 9)
    assert len(rows(install, Job, Job.kind == "exam")) == 1
