"""Payer rows wait for a manager, are published, replaced and removed; answers come only from published, live ones."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.bootstrap import Running
from app.errors import Conflict, Invalid, NotFound
from app.qualification import aliases
from app.store.audit import COMMAND, Actor
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.store.queries.payer_review import payer_review, payers_waiting
from app.store.queries.payers import live_payer_rows, payer_row_counts
from app.store.tables import AuditEntry, DocumentVersion, PayerListRow
from app.usecases.change_payer_row import Changes, change_payer_row, remove_payer_row
from app.usecases.delete_document import delete_document
from app.usecases.publish_payer_rows import Approval, Published, publish_payer_rows
from tests.desk import desk_at_rest, make_clinic
from tests.payer_lists import general, publish_paper, row
from tests.server import wait_for

TODAY = date(2026, 6, 1)
MANAGER = Actor("staff", "staff_manager")
FIRST = [row("Cigna", "Open Access Plus"), row("Aetna", "HMO", referral="Yes"), row("Humana", None, "not_accepted")]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Running, ClinicFacts]]:
    with desk_at_rest(tmp_path) as running:
        yield running, make_clinic(running)


def live(place) -> list[tuple[str, str | None, str]]:
    running, clinic = place
    return [(one.payer, one.plan, one.status.value) for one in live_payer_rows(running.desk.database, clinic.id, TODAY)]


def review(place):
    running, clinic = place
    return payer_review(running.desk.database, clinic.id, TODAY)


def publish(place, document_id: str, rows=None, client_id=None) -> Published:
    running, clinic = place
    return publish_payer_rows(running.desk, clinic.id, Approval(document_id, rows, client_id), MANAGER)


def upload(place, drafts, name: str = "payers.csv", minutes: int = 0) -> str:
    running, clinic = place
    return publish_paper(running.desk, clinic.id, drafts, name, minutes=minutes).document_id


def knowledge_version(place) -> int:
    running, clinic = place
    return clinic_of_site(running.desk.database, clinic.site_key).knowledge_version


def test_nothing_is_answered_before_the_manager_publishes(place) -> None:
    """A row that was read wrongly would tell a patient yes before anybody of the clinic has seen it."""
    document_id = upload(place, FIRST)
    assert live(place) == []
    [paper] = review(place).documents
    assert [one.facts.payer for one in paper.added] == ["Cigna", "Aetna", "Humana"]
    before = knowledge_version(place)
    assert publish(place, document_id) == Published(published=3, removed=0, waiting=0)
    assert live(place) == [
        ("Cigna", "Open Access Plus", "in_network"),
        ("Aetna", "HMO", "in_network"),
        ("Humana", None, "not_accepted"),
    ]
    assert review(place).waiting == 0
    assert knowledge_version(place) == before + 1, "caches would go on with the names of before"
    running, clinic = place
    assert set(running.desk.catalogue(clinic_of_site(running.desk.database, clinic.site_key)).payers) == {
        "cigna",
        "aetna",
        "humana",
    }
    with running.desk.database.read() as session:
        acts = session.exec(select(AuditEntry).where(AuditEntry.target_id == document_id)).all()
    assert [(act.verb, act.actor_id) for act in acts] == [("published_payers", "staff_manager")]


def test_a_replaced_paper_leaves_only_what_the_new_one_confirms(place) -> None:
    """Patients would be told for days what the clinic's newest list no longer says."""
    document_id = upload(place, FIRST)
    publish(place, document_id)
    second = [
        row("Cigna", "Open Access Plus", page=2, quote="CIGNA | Open Access Plus | yes"),
        row("Aetna", "HMO", "out_of_network"),
        row("Oscar"),
    ]
    upload(place, second, minutes=1)
    [said] = live_payer_rows(place[0].desk.database, place[1].id, TODAY)
    assert (said.payer, said.page, said.quote) == ("Cigna", 2, "CIGNA | Open Access Plus | yes"), "of the new paper"
    [paper] = review(place).documents
    assert [one.facts.payer for one in paper.unchanged] == ["Cigna"]
    assert [one.facts.payer for one in paper.added] == ["Oscar"]
    assert [one.facts.payer for one in paper.removed] == ["Humana"]
    [changed] = paper.changed
    assert {(f.name, f.old, f.new) for f in changed.fields} == {
        ("status", "in_network", "out_of_network"),
        ("referral", "Yes", None),
    }
    assert payers_waiting(place[0].desk.database, place[1].id, TODAY) == {document_id: 3}
    assert publish(place, document_id) == Published(published=2, removed=2, waiting=0)
    assert {one[0] for one in live(place)} == {"Cigna", "Aetna", "Oscar"}
    with place[0].desk.database.read() as session:
        assert {one.state for one in session.exec(select(PayerListRow))} == {"published"}


def test_a_paper_that_says_the_old_thing_again_needs_no_new_look(place) -> None:
    """A manager would click through three hundred rows after each corrected comma."""
    document_id = upload(place, FIRST)
    publish(place, document_id)
    upload(place, FIRST[:1], minutes=1)
    assert len(live(place)) == 1
    upload(place, [*FIRST, row("Oscar")], minutes=2)
    assert len(live(place)) == 3, "what was approved and never taken back is approved"
    assert [one.facts.payer for one in review(place).documents[0].added] == ["Oscar"]
    assert review(place).waiting == 1


def test_a_paper_without_rows_withdraws_all_and_says_so(place) -> None:
    """A list that could not be read would leave last year's answers standing behind it."""
    document_id = upload(place, FIRST)
    publish(place, document_id)
    upload(place, [], minutes=1)
    assert live(place) == []
    assert len(review(place).documents[0].removed) == 3
    assert publish(place, document_id) == Published(published=0, removed=3, waiting=0)
    assert review(place).documents == ()


def test_chosen_rows_are_published_and_the_others_wait(place) -> None:
    """A manager who doubts one row would have to hold back all of them."""
    document_id = upload(place, FIRST)
    publish(place, document_id)
    changed = [row("Cigna", "Open Access Plus", "conditional"), row("Aetna", "HMO"), *FIRST[2:]]
    upload(place, changed, minutes=1)
    [paper] = review(place).documents
    chosen = next(one.row.id for one in paper.changed if one.row.facts.payer == "Aetna")
    assert publish(place, document_id, (chosen,)) == Published(published=1, removed=1, waiting=1)
    [paper] = review(place).documents
    [waits] = paper.changed
    assert (waits.row.facts.payer, [f.name for f in waits.fields]) == ("Cigna", ["status"])
    assert {one[0] for one in live(place)} == {"Aetna", "Humana"}


def test_the_same_click_twice_publishes_once_and_an_old_page_is_told(place) -> None:
    """A second click, or a page from before a new upload, would publish something nobody looked at."""
    document_id = upload(place, FIRST)
    ids = tuple(one.id for one in review(place).documents[0].added)
    first = publish(place, document_id, ids, "client-0001")
    assert publish(place, document_id, ids, "client-0001") == first
    with pytest.raises(Invalid):
        publish(place, document_id, None, "client-0001")
    assert publish(place, document_id, ids) == Published(0, 0, 0)
    upload(place, [row("Oscar")], minutes=1)
    with pytest.raises(Conflict, match="does not wait"):
        publish(place, document_id, ids)
    assert live(place) == []


def test_staff_mend_a_row_and_the_next_upload_keeps_it(place) -> None:
    """What a manager corrected by hand would come back wrong with each new version."""
    running, clinic = place
    document_id = upload(place, FIRST)
    cigna = review(place).documents[0].added[0]
    change_payer_row(running.desk, clinic.id, cigna.id, Changes(status="conditional", plan="OAP"), MANAGER)
    [edited] = [one for one in review(place).documents[0].added if one.id == cigna.id]
    assert (edited.facts.status, edited.facts.plan, set(edited.edited)) == ("conditional", "OAP", {"status", "plan"})
    publish(place, document_id)
    upload(place, [*FIRST, row("Oscar")], minutes=1)
    assert ("Cigna", "OAP", "conditional") in live(place)
    assert review(place).waiting == 1
    for wrong in (Changes(status="not_listed"), Changes(), Changes(plan="x" * 300)):
        with pytest.raises(Invalid):
            change_payer_row(running.desk, clinic.id, cigna.id, wrong, MANAGER)


def test_a_published_row_is_not_changed_behind_the_managers_back(place) -> None:
    """A change without the look at the difference would be answered at once."""
    running, clinic = place
    publish(place, upload(place, FIRST))
    [first, *_] = review(place).documents[0].unchanged
    with pytest.raises(Invalid, match="published"):
        change_payer_row(running.desk, clinic.id, first.id, Changes(status="conditional"), MANAGER)
    before = knowledge_version(place)
    remove_payer_row(running.desk, clinic.id, first.id, MANAGER)
    assert len(live(place)) == 2
    assert knowledge_version(place) == before + 1


def test_another_clinics_rows_are_not_there(place) -> None:
    """One clinic could publish, change or read the list of another."""
    running, _ = place
    document_id = upload(place, FIRST)
    row_id = review(place).documents[0].added[0].id
    other = make_clinic(running, "Cedar Clinic")
    with pytest.raises(NotFound):
        publish_payer_rows(running.desk, other.id, Approval(document_id), MANAGER)
    with pytest.raises(NotFound):
        change_payer_row(running.desk, other.id, row_id, Changes(status="conditional"), MANAGER)
    with pytest.raises(NotFound):
        remove_payer_row(running.desk, other.id, row_id, MANAGER)
    assert payer_review(running.desk.database, other.id, TODAY).documents == ()
    assert live_payer_rows(running.desk.database, other.id, TODAY) == ()


def test_deleting_a_paper_deletes_its_rows_at_once(place) -> None:
    """A payer that the clinic took back would still be answered with yes."""
    running, clinic = place
    document_id = upload(place, FIRST)
    publish(place, document_id)
    upload(place, [*FIRST[:2], row("Oscar")], minutes=1)
    receipt = delete_document(running.desk, clinic.id, document_id, COMMAND)
    assert (receipt.document, receipt.versions, receipt.chunks, receipt.payer_rows) == ("payers.csv", 2, 3, 4)
    assert (receipt.vectors, receipt.vectors_pending) == (0, 3), "the index rests: its job will remove them"
    assert live(place) == []
    assert review(place).documents == ()
    with running.desk.database.read() as session:
        assert session.exec(select(PayerListRow)).all() == []
    with pytest.raises(NotFound):
        publish(place, document_id)


@pytest.mark.parametrize(
    ("start", "end", "answered"),
    [(None, None, True), (0, 0, True), (1, None, False), (None, -1, False), (-1, 1, True)],
)
def test_a_paper_is_answered_from_only_on_its_days(place, start, end, answered: bool) -> None:
    """Next year's list would be told today, or last year's for ever. Both ends are included."""
    running, clinic = place
    publish(place, upload(place, FIRST))

    def date_it(session) -> None:
        version = session.exec(select(DocumentVersion)).one()
        version.effective_from = None if start is None else TODAY + timedelta(days=start)
        version.effective_to = None if end is None else TODAY + timedelta(days=end)
        session.add(version)

    running.desk.database.write(date_it)
    assert bool(live_payer_rows(running.desk.database, clinic.id, TODAY)) is answered


def test_rows_carry_everything_a_look_up_needs(place) -> None:
    """A limit or a date that got lost on the way would make the answer say more than the paper."""
    full = row(
        "Cigna",
        "PPO",
        all_plans=True,
        except_plans=("Connect",),
        location="East",
        referral="No",
        prior_authorization="Yes, from visit 6",
        visit_limit="30 visits",
        note="Card needed",
        effective_from=date(2027, 1, 1),
        effective_to=date(2027, 12, 31),
        heading=("Plans",),
        lead="We take:",
    )
    publish(place, upload(place, [full]))
    [found] = live_payer_rows(place[0].desk.database, place[1].id, TODAY)
    same = ("payer", "plan", "all_plans", "except_plans", "location", "referral", "prior_authorization", "visit_limit")
    same += ("note", "effective_from", "effective_to", "heading", "lead", "quote", "page", "general")
    assert {name: getattr(found, name) for name in same} == {name: getattr(full, name) for name in same}
    assert (found.document, found.status) == ("payers.csv", "in_network")
    assert found.as_of is not None


def test_contradictions_are_shown_before_they_are_published(place) -> None:
    """Two papers that say yes and no would be found by a patient."""
    upload(place, [general("We take most major insurance."), row("Cigna", "PPO"), row("Aetna", "HMO")], "faq.md")
    upload(place, [row("CIGNA", "PPO", "out_of_network"), row("Humana", None, "not_accepted")], "list.csv")
    upload(place, [row("BCBS"), row("UHC", "Choice")], "a.csv")
    upload(place, [row("Blue Cross Blue Shield", None, "conditional"), row("United Healthcare", "Navigate")], "b.csv")
    clashes = {(c.kind, tuple((r.document, r.facts.payer) for r in c.rows)) for c in review(place).conflicts}
    assert clashes == {
        ("status", (("faq.md", "Cigna"), ("list.csv", "CIGNA"))),
        ("status", (("a.csv", "BCBS"), ("b.csv", "Blue Cross Blue Shield"))),
        ("general", (("faq.md", ""), ("list.csv", "Humana"))),
    }


def test_rows_that_hold_one_after_the_other_do_not_contradict(place) -> None:
    """A list that announces a change for January would be called contradictory until then."""
    upload(
        place,
        [
            row("Cigna", "PPO", effective_to=date(2026, 12, 31)),
            row("Cigna", "PPO", "out_of_network", effective_from=date(2027, 1, 1)),
            row("Aetna", None, effective_to=date(2026, 5, 31)),
            row("Aetna", None, "not_accepted"),
        ],
    )
    assert review(place).conflicts == (), "the old row about Aetna has ended"
    assert [one.holds for one in review(place).documents[0].added] == ["today", "later", "ended", "today"]


def test_counts_of_a_version(place) -> None:
    """The command line would tell another number than the page."""
    running, clinic = place
    first = publish_paper(running.desk, clinic.id, FIRST)
    assert payer_row_counts(running.desk.database, first.version_id) == (3, 3)
    publish(place, first.document_id)
    second = publish_paper(running.desk, clinic.id, [*FIRST, row("Oscar")], minutes=1)
    assert payer_row_counts(running.desk.database, second.version_id) == (4, 1)


def test_payers_names_are_read_before_the_first_request(tmp_path: Path) -> None:
    """The first patients after a start would wait for them, and several at once would each read them."""
    aliases.table.cache_clear()
    aliases.common_names.cache_clear()
    with desk_at_rest(tmp_path) as running:
        running.start()
        wait_for(
            "the names", lambda: aliases.table.cache_info().currsize and aliases.common_names.cache_info().currsize
        )
