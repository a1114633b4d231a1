"""Strings that mean harm, by every way that a patient has: kept as they are, without effect wherever they come out."""

import html
import json
import re
import secrets
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from app.delivery.notices import SUBJECTS, render
from app.delivery.transports.slack import message_of
from app.delivery.transports.webhook import body_of
from app.dialogue.private import mask
from app.store.queries.clinics import clinic_of_site
from app.usecases.submit_contact import read_contact
from tests.content.conftest import Talk, World
from tests.content.dangerous import OWN, addresses, as_documented, corpora
from tests.content.markup import Tags

FIELDS = ("patient_name", "reason", "referring_provider", "provider_specialty", "insurance_carrier")
REACHED = {"contact": "202-555-0143"}
MESSAGE, FIELD = 3900, 900
TYPED = [typed for name, (typed, _) in OWN.items() if name != "half a pair"]


def packed(texts: list[str], room: int) -> Iterator[str]:
    """As few texts as fit: one string a line."""
    pack = ""
    for text in texts:
        if pack and len(pack) + 1 + len(text) > room:
            yield pack
            pack = ""
        pack = f"{pack}\n{text}" if pack else text
    if pack.strip():
        yield pack


def kept(text: str) -> str:
    """What of a message is stored."""
    return mask(as_documented(text))[0]


def send(world: World, texts: list[str]) -> tuple[str, dict[str, str]]:
    """A request with a text in each field. Returns the lead's id and what was typed."""
    slots = dict(zip(FIELDS, texts, strict=False))
    answer = Talk(world).contact({**slots, **REACHED})
    assert answer.status_code == 201, (answer.text, slots)
    return answer.json()["referral_id"], slots


def leads_of(world: World, texts: list[str]) -> list[tuple[str, dict[str, str]]]:
    """Requests that hold them all."""
    packs = list(packed(texts, FIELD))
    return [send(world, packs[at : at + len(FIELDS)]) for at in range(0, len(packs), len(FIELDS))]


@pytest.fixture(scope="module")
def harmless(world: World) -> str:
    """A request that means no harm: its pages and mails show what belongs there."""
    return send(world, ["Rosa Delgado", "sore knee\nsince May", "Dr. Okafor", "orthopedics", "Cigna"])[0]


@pytest.fixture(scope="module")
def own(world: World) -> list[tuple[str, dict[str, str]]]:
    """Our own strings, each in a field alone."""
    return [send(world, TYPED[at : at + len(FIELDS)]) for at in range(0, len(TYPED), len(FIELDS))]


@pytest.fixture(scope="module")
def all_leads(world: World, own: list[tuple[str, dict[str, str]]]) -> list[tuple[str, dict[str, str]]]:
    """The corpora too, where they are there."""
    try:
        return own + leads_of(world, corpora())
    except pytest.skip.Exception:
        return own


def check_messages(world: World, texts: list[str]) -> None:
    """Says each of them, and finds each of them in the transcript."""
    sent = []
    for at, text in enumerate(texts):
        if at % 10 == 0:
            talk = Talk(world)
            sent = []
        if not kept(text).strip():
            assert talk.say(text).status_code == 422
            continue
        answer = talk.say(text)
        assert answer.status_code == 200, (ascii(text), answer.text)
        sent.append(kept(text))
        assert [line["text"] for line in talk.transcript() if line["author"] == "patient"] == sent


def test_own_strings_as_messages(world: World) -> None:
    """A patient's words would reach the clinic changed, or not at all."""
    check_messages(world, TYPED)
    refused = Talk(world).say(OWN["half a pair"][0])
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")


def test_corpora_as_messages(world: World) -> None:
    """As above, for more strings than we can think of."""
    check_messages(world, list(packed(corpora(), MESSAGE))[::2])  # the fields below take them all


def test_fields_are_kept_as_they_were_typed(world: World, all_leads: list[tuple[str, dict[str, str]]]) -> None:
    """A value that a parser makes sense of may lose what it did not understand; the patient's words must not."""
    assert sum(len(slots) for _, slots in all_leads) > len(TYPED) - 5, "too many fields were refused"
    for lead_id, slots in all_leads:
        said = world.lead(lead_id)["said"]
        for name, typed in slots.items():
            if as_documented(typed).strip():
                assert said.get(name) == mask(as_documented(typed))[0], (name, ascii(typed))


def check_form(world: World, fields: dict[str, str]) -> None:
    page = world.http.get("/chat/harbor").text
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token
    data = {**fields, "form_token": token[1], "action": "referral", "consent": world.consent}
    answer = world.http.post("/chat/harbor", data=data)
    assert answer.status_code == 303, (re.findall(r'(?s)class="error.*?</', answer.text), ascii(fields))
    said = world.lead(world.newest_lead())["said"]
    for name, typed in fields.items():
        if as_documented(typed).strip():
            assert said.get(name) == mask(as_documented(typed))[0], (name, ascii(typed))
    shown = world.http.post("/chat/harbor", data={**fields, "form_token": token[1] + "x", "consent": "0"})
    assert shown.status_code == 422
    assert Tags(shown.text).made <= _form_made(world)
    for typed in (fields.get("reason", ""), fields.get("patient_name", "")):
        assert html.escape(typed).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in shown.text, ascii(typed)


def _form_made(world: World) -> set[tuple[str, ...]]:
    page = world.http.post("/chat/harbor", data={"patient_name": "Rosa", "reason": "knee", "form_token": "x"})
    return Tags(page.text).made | Tags(world.http.get("/chat/harbor").text).made


def test_form_without_scripts(world: World) -> None:
    """What was typed comes back in a refused form, where it could become part of the page."""
    texts = [text for text in TYPED if "\ud800" not in text and as_documented(text).strip()]
    try:
        texts += list(packed([text for text in corpora() if "\x00" not in text], FIELD))[::6]
    except pytest.skip.Exception:
        texts += []
    for at in range(0, len(texts), len(FIELDS)):
        check_form(world, {**dict(zip(FIELDS, texts[at:], strict=False)), **REACHED})


def test_addresses_as_contact(world: World) -> None:
    """An odd address would be a failure of the server, or a header in the mail to the clinic."""
    clinic = clinic_of_site(world.desk.database, "harbor")
    action = world.desk.catalogue(clinic).action("referral")
    assert action is not None
    for at, address in enumerate(addresses()):
        if as_documented(address).strip():
            _, draft = read_contact(world.desk, clinic, action, {"contact": address})
            assert draft.slots["contact"].said == as_documented(address)
        if at % 4:
            continue
        answer = Talk(world).contact({"patient_name": "Rosa Delgado", "contact": address})
        assert answer.status_code in (201, 422), (ascii(address), answer.text)
        if answer.status_code == 422 or not as_documented(address).strip():
            continue
        lead_id = answer.json()["referral_id"]
        found = world.lead(lead_id)
        if "contact" in found["slots"]:
            assert found["said"]["contact"] == as_documented(address)
        else:
            assert found["settled"]["contact"] == "unknown", ascii(address)
        check_mail(world, lead_id, {})


def check_mail(world: World, lead_id: str, slots: dict[str, str]) -> set[tuple[str, ...]]:
    """Headers that are ours alone, and two bodies that say the same. Returns what the HTML is made of."""
    raw = render(world.told(lead_id), "front@harbor.example", "desk@frontdesk.example").message.as_bytes()
    found = message_from_bytes(raw, policy=policy.default)
    assert [name for name in found.keys() if name not in ("In-Reply-To", "References")] == HEADERS  # noqa: SIM118
    assert not found.defects
    assert re.fullmatch(rf"({'|'.join(SUBJECTS.values())}) \([A-Z2-9]{{7}}\)", found["Subject"])
    assert (found["To"], found["From"]) == ("front@harbor.example", "desk@frontdesk.example")
    for name in ("Message-ID", "In-Reply-To", "References"):
        assert re.fullmatch(r"<[a-z0-9_]+@frontdesk\.example>", found.get(name, found["Message-ID"]))
    assert found["X-Referral-Id"] == lead_id
    assert [part.get_content_type() for part in found.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert raw.isascii()
    plain = " ".join(found.get_body(("plain",)).get_content().split())
    tags = Tags(found.get_body(("html",)).get_content())
    assert all(re.match(r"(tel:\+|mailto:|http://127\.0\.0\.1:)", link) for link in tags.links), tags.links
    for name in ("patient_name", "reason"):
        first = next((line.strip() for line in as_documented(slots.get(name, "")).split("\n") if line.strip()), "")
        if len(first) > 5 and name == "reason" and "\n" not in slots[name] and len(first) < 100:
            assert " ".join(first.split()) in plain, ascii(first)
            assert " ".join(first.split()) in tags.said(), ascii(first)
    return tags.made


HEADERS = [
    "Subject", "From", "To", "Date", "Message-ID", "X-Referral-Id", "Auto-Submitted", "MIME-Version", "Content-Type",
]  # fmt: skip


def test_mails(world: World, harmless: str, all_leads: list[tuple[str, dict[str, str]]]) -> None:
    """A name could add a recipient, or put a false link or a beacon before the coordinator's eyes."""
    allowed = check_mail(world, harmless, {})
    for lead_id, slots in all_leads:
        assert check_mail(world, lead_id, slots) <= allowed | URGENT, slots


URGENT = {("p", "style"), ("strong",), ("span", "style"), ("a", "href", "style")}


def test_slack_messages(world: World, all_leads: list[tuple[str, dict[str, str]]]) -> None:
    """A patient could call the whole channel, or show a link under false words."""
    for lead_id, slots in all_leads:
        facts = world.told(lead_id)
        message = json.loads(json.dumps(message_of(facts)))
        assert (message["mrkdwn"], message["link_names"], message["parse"]) == (False, False, "none")
        assert (message["unfurl_links"], message["unfurl_media"]) == (False, False)
        opening, *rest = [block["text"] for block in message["blocks"]]
        assert re.findall(r"<[^>]*>", opening["text"]) == [f"<{html.escape(facts.link, quote=False)}|Open it>"]
        assert {block["type"] for block in rest} == {"plain_text"}
        for text in (message["text"], *(block["text"] for block in rest)):
            assert not re.search("[<>]", text)
        for typed in slots.values():
            assert len(typed) < 6 or typed not in opening["text"]


def test_webhook_bodies(world: World, all_leads: list[tuple[str, dict[str, str]]]) -> None:
    """The clinic's own system would read other words than the patient's, or no JSON at all."""
    for lead_id, _ in all_leads:
        facts = world.told(lead_id)
        raw = json.dumps(body_of(facts), separators=(",", ":"))
        assert raw.isascii()
        assert "\n" not in raw
        fields = json.loads(raw)["data"]["fields"]
        assert fields == world.lead(lead_id)["slots"]


def test_dashboard_pages(world: World, harmless: str, all_leads: list[tuple[str, dict[str, str]]]) -> None:
    """A patient's words would be part of a page that staff trust."""
    cookie = world.browser(world.cast.manager)

    def tags(path: str) -> Tags:
        answer = world.http.get(f"/dashboard/harbor/{path}", headers=cookie)
        assert answer.status_code == 200, path
        return Tags(answer.text)

    allowed = tags(f"leads/{harmless}").made | {("span", "class"), ("p", "class"), ("q",)}
    for lead_id, slots in all_leads:
        page = tags(f"leads/{lead_id}")
        assert page.made <= allowed | {("strong",), ("ul", "class"), ("li",)}, (page.made - allowed, slots)
        assert all(re.match(r"(/(?!/)|#|data:,$|tel:\+|mailto:)", link) for link in page.links), page.links
        if reason := world.lead(lead_id)["slots"].get("reason"):
            assert " ".join(reason.split()) in page.said(), (ascii(reason), slots)
    listed = tags("leads?newest=true")
    assert not {tag[0] for tag in listed.made} & {"img", "iframe", "svg", "object", "embed", "base", "style"}


def test_log_holds_no_word_of_a_patient(world: World, all_leads: list[tuple[str, dict[str, str]]]) -> None:
    """The log is read by others than the clinic, and kept for longer."""
    secret = "quartz-" + secrets.token_hex(4)
    talk = Talk(world)
    assert talk.say(f"{secret}\r\n2026-01-01 ERROR frontdesk: gone").status_code == 200
    assert talk.contact({"patient_name": secret, "contact": f"{secret}@[\r\n"}).status_code in (201, 422)
    world.http.get(f"/nowhere/{secret}%0a2026%20ERROR")
    world.http.post("/api/v1/conversations", content=secret.encode() + b"\xff{")
    logged = "\n".join(world.log.lines)
    assert secret not in logged
    words = {line.strip() for _, slots in all_leads for typed in slots.values() for line in typed.split("\n")}
    assert [word for word in words if len(word) > 12 and word in logged] == []
    assert all(len(line.splitlines()) == 1 for line in world.log.lines)
