"""Payer rows as a manager sees and publishes them: over the API and on the page."""

import pytest
from sqlmodel import select

from app.store.tables import AuditEntry, UnansweredQuestion
from tests.cast import make_lead
from tests.payer_lists import general, publish_paper, row
from tests.staff.conftest import Install
from tests.staff.test_dashboard import Browser, seen

LIST = [
    row("Cigna", "Open Access Plus", visit_limit="30 visits"),
    row("Aetna", "HMO"),
    row("Humana", None, "not_accepted"),
]


@pytest.fixture
def listed(fresh_install: Install) -> str:
    """The id of a paper whose rows wait."""
    return publish_paper(fresh_install.desk, fresh_install.cast.clinic_id, LIST, "plans.csv").document_id


def payers(install: Install, someone=None) -> dict:
    answer = install.client.get(install.url("payers"), headers=install.token(someone or install.cast.viewer))
    assert answer.status_code == 200, answer.text
    return answer.json()


def publish(install: Install, body: dict, client_id: str = "client-0001"):
    headers = install.token(install.cast.manager)
    return install.client.post(install.url("payers/publish"), json={"client_id": client_id, **body}, headers=headers)


def test_the_api_shows_what_waits_and_publishes_it(fresh_install: Install, listed: str):
    """A script could not look before it publishes, or would publish twice."""
    install = fresh_install
    waiting = payers(install)
    assert waiting["published"] == []
    first = waiting["proposed"][0]
    assert {key: first[key] for key in ("payer", "plan", "status", "visit_limit", "document", "page", "quote")} == {
        "payer": "Cigna",
        "plan": "Open Access Plus",
        "status": "in_network",
        "visit_limit": "30 visits",
        "document": "plans.csv",
        "page": 1,
        "quote": "Cigna | Open Access Plus | in_network | 30 visits",
    }
    [difference] = waiting["difference"]
    assert (difference["waiting"], difference["added"]) == (3, [one["id"] for one in waiting["proposed"]])
    done = {"document_id": listed, "published": 3, "removed": 0, "waiting": 0}
    assert (publish(install, {"document_id": listed}).json(), publish(install, {"document_id": listed}).json()) == (
        done,
        done,
    )
    other = publish(install, {"document_id": listed, "rows": []})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "invalid")
    assert [one["payer"] for one in payers(install)["published"]] == ["Cigna", "Aetna", "Humana"]


def test_the_api_shows_the_difference_field_by_field(fresh_install: Install, listed: str):
    """A manager's own tool could not tell what a new list changes."""
    install = fresh_install
    publish(install, {"document_id": listed})
    publish_paper(
        install.desk,
        install.cast.clinic_id,
        [row("Cigna", "Open Access Plus", "conditional", visit_limit="30 visits"), LIST[1], row("Oscar")],
        "plans.csv",
        minutes=1,
    )
    [difference] = payers(install)["difference"]
    [changed] = difference["changed"]
    assert changed["fields"] == [{"field": "status", "old": "in_network", "new": "conditional"}]
    assert (len(difference["added"]), [one["payer"] for one in difference["removed"]]) == (1, ["Humana"])
    assert difference["unchanged"] == 1
    assert changed["before"]["state"] == "withdrawn"


def test_the_api_mends_and_rejects_rows(fresh_install: Install, listed: str):
    """A wrong row could only be published as it is, or hold back all others."""
    install = fresh_install
    headers = install.token(install.cast.manager)
    cigna, aetna, _ = (one["id"] for one in payers(install)["proposed"])
    mended = install.client.patch(
        install.url(f"payers/{cigna}"), json={"status": "conditional", "plan": ""}, headers=headers
    )
    assert (mended.json()["status"], mended.json()["plan"], mended.json()["edited"]) == (
        "conditional",
        None,
        ["status", "plan"],
    )
    for wrong in ({"status": "not_listed"}, {"state": "published"}, {"plan": "x" * 201}, {}):
        answer = install.client.patch(install.url(f"payers/{cigna}"), json=wrong, headers=headers)
        assert (answer.status_code, set(answer.json())) == (422, {"error"}), wrong
    assert install.client.delete(install.url(f"payers/{aetna}"), headers=headers).status_code == 204
    assert [one["payer"] for one in payers(install)["proposed"]] == ["Cigna", "Humana"]
    gone = publish(install, {"document_id": listed, "rows": [aetna]})
    assert (gone.status_code, gone.json()["error"]["code"]) == (409, "conflict")
    with install.desk.database.read() as session:
        verbs = [act.verb for act in session.exec(select(AuditEntry).where(AuditEntry.target_kind == "payer_row"))]
    assert verbs == ["changed", "removed"]


def test_conflicts_name_their_rows(fresh_install: Install, listed: str):
    """Staff would learn of a contradiction from a patient."""
    install = fresh_install
    again = [general("We take all major insurance."), row("Cigna", "Open Access Plus", "out_of_network")]
    publish_paper(install.desk, install.cast.clinic_id, again, "website.html")
    found = payers(install)
    names = {one["id"]: (one["document"], one["payer"]) for one in found["proposed"]}
    assert {(c["kind"], tuple(names[one] for one in c["rows"])) for c in found["conflicts"]} == {
        ("status", (("plans.csv", "Cigna"), ("website.html", "Cigna"))),
        ("general", (("website.html", ""), ("plans.csv", "Humana"))),
    }
    page = seen(Browser(install, install.cast.coordinator).get("/dashboard/harbor/payers"))
    assert "Your papers disagree" in page
    assert "We take all major insurance." in page


def test_the_page_shows_what_leads_a_list(fresh_install: Install):
    """The manager would publish "Kaiser" without seeing that the paper says "We do not accept"."""
    install = fresh_install
    drafts = [row("Kaiser", None, "not_accepted", lead="We do not accept:")]
    publish_paper(install.desk, install.cast.clinic_id, drafts, "list.md")
    page = seen(Browser(install, install.cast.manager).get("/dashboard/harbor/payers"))
    assert "“We do not accept:” … “Kaiser | not_accepted”" in page


def test_the_page_publishes_the_ticked_rows(fresh_install: Install, listed: str):
    """The button would do nothing without scripts, or publish what was not ticked."""
    install = fresh_install
    cigna, aetna, humana = (one["id"] for one in payers(install)["proposed"])
    browser = Browser(install, install.cast.manager)
    words = seen(browser.get("/dashboard/harbor/payers"))
    assert "plans.csv: 3 rows wait for you" in words
    assert "Payers 3 to look at" in words
    none = browser.post("/dashboard/harbor/payers/publish", {"document_id": listed})
    assert (none.status_code, "No row is ticked." in seen(none)) == (422, True)
    answer = browser.post("/dashboard/harbor/payers/publish", {"document_id": listed, "rows": [cigna, humana]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/harbor/payers")
    words = seen(browser.get("/dashboard/harbor/payers"))
    assert "plans.csv: 1 row waits for you" in words
    assert "In use Cigna" in words
    assert [one["id"] for one in payers(install)["published"]] == [cigna, humana]
    change = browser.post(f"/dashboard/harbor/payers/{aetna}/change", {"status": "conditional", "plan": "HMO Gold"})
    assert (change.status_code, change.headers["location"]) == (303, f"/dashboard/harbor/payers#{aetna}")
    wrong = browser.post(f"/dashboard/harbor/payers/{aetna}/change", {"status": "maybe", "plan": "HMO"})
    assert (wrong.status_code, "'maybe' is no status" in seen(wrong)) == (422, True)
    assert "HMO Gold" in seen(browser.get("/dashboard/harbor/payers"))
    browser.post(f"/dashboard/harbor/payers/{aetna}/remove")
    assert "Aetna" not in seen(browser.get("/dashboard/harbor/payers"))
    old = browser.post("/dashboard/harbor/payers/publish", {"document_id": listed, "rows": [aetna]})
    assert (old.status_code, "does not wait" in seen(old)) == (409, True)


def test_the_page_says_what_changes(fresh_install: Install, listed: str):
    """A manager would publish a list without seeing that a plan left it."""
    install = fresh_install
    publish(install, {"document_id": listed})
    changed = [row("Cigna", "Open Access Plus", visit_limit="20 visits"), LIST[1]]
    publish_paper(install.desk, install.cast.clinic_id, changed, "plans.csv", minutes=1)
    browser = Browser(install, install.cast.manager)
    words = seen(browser.get("/dashboard/harbor/payers"))
    assert "Visit limit: 30 visits → 20 visits" in words
    assert "Humana Removed Not accepted" in words
    assert "1 row says the same as before and stays in use." in words
    assert "2 payer rows wait for you" in seen(browser.get("/dashboard/harbor/papers"))


def test_who_may_not_change_payers_sees_no_buttons(fresh_install: Install, listed: str):
    """A button that always fails is a broken promise."""
    install = fresh_install
    page = Browser(install, install.cast.coordinator).get("/dashboard/harbor/payers")
    assert "plans.csv: 3 rows wait for a manager" in seen(page)
    for word in ("Publish", "Reject", "checkbox"):
        assert word not in page.text
    browser = Browser(install, install.cast.coordinator)
    browser.get("/dashboard/harbor/unanswered")
    assert browser.post("/dashboard/harbor/payers/publish", {"document_id": listed}).status_code == 403


def test_an_empty_page_says_what_to_do(fresh_install: Install):
    """A new clinic would look at a blank page."""
    assert "No payer rows yet." in seen(
        Browser(fresh_install, fresh_install.cast.manager).get("/dashboard/harbor/payers")
    )


def test_what_a_paper_says_is_shown_as_text(fresh_install: Install):
    """A paper from outside could run scripts in the manager's browser."""
    evil = "<script>alert(1)</script>"
    install = fresh_install
    publish_paper(install.desk, install.cast.clinic_id, [row(evil, evil, note=evil)], "plans.csv")
    page = Browser(install, install.cast.manager).get("/dashboard/harbor/payers")
    assert "<script>alert" not in page.text
    assert "alert(1)" in page.text


def test_deleting_a_paper_gives_a_receipt(fresh_install: Install, listed: str):
    """A manager who must prove that something is gone would have nothing to show."""
    install = fresh_install
    browser = Browser(install, install.cast.manager)
    browser.get("/dashboard/harbor/papers")
    answer = browser.post(f"/dashboard/harbor/papers/{listed}/delete")
    words = seen(browser.get(answer.headers["location"]))
    assert "The paper is deleted. Removed: 3 passages" in words
    assert "3 payer rows, 1 stored files" in words
    assert browser.get("/dashboard/harbor/papers?removed=1-x").status_code == 422


def test_unanswered_questions_are_grouped_and_closed(fresh_install: Install):
    """The same question asked forty times would be forty lines, for ever."""
    install = fresh_install
    lead_id, _ = make_lead(install.desk, install.cast.clinic_id)
    talk = install.client.get(install.url(f"leads/{lead_id}"), headers=install.token(install.cast.viewer)).json()[
        "conversation_id"
    ]

    def ask(session) -> None:
        for text in ("Do you have a pool?", "do you have a pool??", "Is there wifi?"):
            asked = UnansweredQuestion(
                clinic_id=install.cast.clinic_id, conversation_id=talk, question=text, created_at=install.desk.clock()
            )
            session.add(asked)

    install.desk.database.write(ask)
    headers = install.token(install.cast.coordinator)
    found = install.client.get(install.url("unanswered"), headers=headers).json()
    assert len(found["unanswered"]) == 3
    assert set(found["unanswered"][0]) == {"id", "question", "asked_at"}
    pool = found["groups"][0]
    assert (pool["count"], len(pool["ids"])) == (2, 2)
    browser = Browser(install, install.cast.coordinator)
    assert "Asked 2 times" in seen(browser.get("/dashboard/harbor/unanswered"))
    answer = browser.post("/dashboard/harbor/unanswered/done", {"ids": pool["ids"]})
    assert answer.status_code == 303
    left = seen(browser.get("/dashboard/harbor/unanswered"))
    assert "pool" not in left
    assert "wifi" in left
    wifi = install.client.get(install.url("unanswered"), headers=headers).json()["groups"][0]["ids"]
    done = install.client.post(
        install.url("unanswered/done"), json={"client_id": "client-01", "ids": wifi}, headers=headers
    )
    assert (done.status_code, done.json()) == (200, {"closed": 1})
