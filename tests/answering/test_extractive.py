"""Answers are quoted from the papers or refused; nothing in between."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.answering.base import Answer, AnswerKind
from app.answering.extractive import ExtractiveAnswerer
from knowledge.types import Chunk, ChunkKind, Passage
from tests.answering import desk, papers

WORDS_ONLY = ExtractiveAnswerer()


def ask(question: str, *passages: Passage) -> Answer:
    return desk.ask(question, passages or papers.ALL)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("do you take cigna open access plus", "Plan: Open Access Plus; Status: In network"),
        ("medicaid?", "Status: Secondary only"),
        ("do I need a prescription first?", "State law lets you start without one."),
        ("what do i need to have with me for the first appointment", "photo ID"),
        ("waht shoud I brign", "photo ID"),
        ("how long is the eval", "60 minutes"),
        ("where can I park", "lot behind the building"),
        ("do you see kids", "age 8"),
        ("when can I get in?", "within 4 business days"),
        ("what happens if I miss my appointment", "Missed visits: $45"),
        ("my check bounced, what does that cost", "Returned checks: $25"),
        ("are you open on Saturday?", "Sat - Sun: Closed"),
        ("when do you close on wednesdays", "Mon - Thu: 7:30 AM - 6 PM"),
        ("what's your phone number", "(503) 555-0142"),
        ("fax number please", "(503) 555-0143"),
        ("what is your address?", "210 Alder Street"),
        ("how warm is the pool", "91 degrees"),
        ("who treats vertigo", "Dr. Nora Whitfield"),
    ],
)
def test_a_question_that_the_papers_answer_is_answered_in_their_words(question: str, said: str) -> None:
    """Without this, patients would be sent to a person for what the papers say plainly."""
    answer = ask(question)
    assert answer.kind is AnswerKind.ANSWER
    assert said in answer.text
    assert len(answer.text.split()) <= 80


@pytest.mark.parametrize(
    "question",
    [
        "Do you take Humana?",
        "i have united healthcare do you take that",
        "Do you accept Medicare?",
        "How much is an evaluation if I pay cash?",
        "how much is a visit",
        "do you offer dry needling",
        "Can someone speak Spanish with me?",
        "Does Dr. Lopez work there?",
        "how many parking spaces are there",
        "how much does the pool cost",
        "what year was the clinic founded",
        "who won the world series",
        "¿Aceptan Humana?",
        "asdf qwer",
        "",
    ],
)
def test_a_question_that_the_papers_do_not_answer_is_refused(question: str) -> None:
    """Without this, a patient would read another payer's row or another fee as the answer."""
    answer = ask(question)
    assert answer.kind is AnswerKind.REFUSAL
    assert (answer.text, answer.citations) == ("", ())


@pytest.mark.parametrize(
    ("question", "spoken", "said"),
    [
        ("Does anyone speak Spanish?", ("French", "Spanish"), "Spanish"),
        ("Does anyone speak Spanish?", ("French",), ""),
        ("¿Alguien habla español?", ("French",), ""),
        ("¿Hablan francés?", ("French",), "French"),
        ("does anyone speak chinese", ("Spanish", "Mandarin"), "Mandarin"),
        ("does anybody speak persian?", ("Spanish", "Farsi"), "Farsi"),
        ("does anybody speak persian?", ("Spanish", "Arabic"), ""),
    ],
)
def test_who_speaks_one_language_is_no_answer_about_another(question: str, spoken: tuple[str, ...], said: str) -> None:
    """Somebody who speaks no English would come, and nobody would understand them. That the heading says "Languages"
    is no word about which."""
    team = [papers.prose(f"Robin Hale, PT, speaks {one}.", "Our team", "Languages") for one in spoken]
    others = [one for one in papers.ALL if "French" not in one.chunk.text]
    answer = ask(question, *others, *team)
    assert answer.text == (f"Robin Hale, PT, speaks {said}." if said else "")


def test_the_price_of_something_else_is_not_quoted_beside_the_one_asked_for() -> None:
    """Two prices for one question would leave the patient to guess."""
    prices = (
        ("Custom resting splint for the wrist, molded during the visit", "$165"),
        ("Splint adjustment or new straps, within 60 days of fitting", "no charge"),
        ("Finger-based splint (mallet finger, trigger finger)", "$85"),
        ("Splint adjustment after 60 days", "$25"),
        ("Paraffin bath as an add-on to a visit", "$12"),
    )
    rows = [papers.row(("Service", name), ("Price", price), heading=("What things cost",)) for name, price in prices]
    answer = ask("price for fitting?", *rows)
    assert [citation.quote for citation in answer.citations] == [" | ".join(prices[1])]


def test_no_passage_means_no_answer() -> None:
    """A desk without papers must not crash and must not speak."""
    assert WORDS_ONLY.answer("What are your hours?", ()).kind is AnswerKind.REFUSAL


def test_first_appointments_are_promised_only_by_a_paper() -> None:
    """A visit's length or a deadline for cancelling would otherwise pass for the next opening."""
    others = [p for p in papers.ALL if "business days" not in p.chunk.text]
    assert ask("when can I get in?", *others).kind is AnswerKind.REFUSAL
    assert ask("How soon can I be seen for an evaluation?", *others).kind is AnswerKind.REFUSAL


def test_every_plan_of_the_named_payer_is_shown_and_no_other_payer() -> None:
    """With one row only, a patient on the plan that is not accepted would read a yes."""
    answer = ask("Do you accept Cigna?")
    assert {citation.quote for citation in answer.citations} == {
        "Cigna | Open Access Plus | In network | No",
        "Cigna | HMO | Not accepted | Yes",
    }
    assert "Aetna" not in answer.text


def test_a_payer_question_is_answered_by_what_is_said_of_acceptance() -> None:
    """Another sentence that happens to name the payer would be read as a yes."""
    mention = papers.prose("Our scales are Medicare approved.", "Equipment")
    rule = papers.faq("Is my plan accepted?", "We do not take Medicare. We accept most PPO plans.")
    answer = ask("is medicare accepted there", mention, rule)
    assert "We do not take Medicare." in answer.text


def test_a_name_that_no_paper_has_is_never_answered_with_another() -> None:
    """A question full of matching words would otherwise get another person's line."""
    text = papers.prose("Dr. Whitfield leads the vestibular program and treats vertigo in seniors.", "Team")
    question = "Is it {} who leads the vestibular program and treats vertigo in seniors?"
    assert ask(question.format("Whitfield"), text).kind is AnswerKind.ANSWER
    assert ask(question.format("Lopez"), text).kind is AnswerKind.REFUSAL


def test_a_count_must_count_what_was_asked() -> None:
    """Any number in a sentence on the topic would otherwise pass for the count."""
    text = papers.prose("We explain three common terms before your plan covers visits.", "Coverage")
    assert ask("How many visits does my plan cover?", text).kind is AnswerKind.REFUSAL
    limit = papers.prose("The plan covers 20 visits a year.", "Coverage")
    assert ask("How many visits does my plan cover?", limit).kind is AnswerKind.ANSWER
    assert ask("How many times a year does my plan pay for visits?", limit).kind is AnswerKind.ANSWER


def test_a_mention_in_another_answer_is_not_an_offer() -> None:
    """ "Bring your X-rays" does not say that X-rays are made here."""
    bring = papers.faq("What should I bring?", "Bring your insurance card and any X-rays.")
    assert ask("Do you do X-rays?", bring).kind is AnswerKind.REFUSAL


def test_a_spanish_question_finds_the_payer_that_it_names() -> None:
    """A payer's name is the same in every language."""
    assert "Aetna" in ask("¿Aceptan Aetna?").text


def test_a_longer_payer_name_is_another_payer() -> None:
    """Medicare Advantage plans are not Medicare."""
    advantage = papers.payer("Medicare Advantage", "All plans", "In network")
    assert ask("Do you take Medicare?", advantage).kind is AnswerKind.REFUSAL
    assert ask("Do you take Medicare Advantage?", advantage).kind is AnswerKind.ANSWER


def test_a_list_item_is_shown_under_its_lead() -> None:
    """ "Lymphedema" alone would read as a yes."""
    answer = ask("do you treat lymphedema")
    assert answer.text == "We do not treat:\n- Lymphedema"
    assert [citation.quote for citation in answer.citations] == ["We do not treat:", "Lymphedema"]


def test_a_no_is_shown_with_the_question_that_it_denies() -> None:
    """The patient may have asked the other way round."""
    assert ask("can I start without a referral?").text.startswith("Do I need a referral?\nNo. State law")


def test_the_sentence_that_limits_is_quoted_too() -> None:
    """The rule without its exception says more than the paper."""
    answer = ask("On what days are the aquatic sessions?")
    assert "However, patients with open wounds may not enter the water." in answer.text


def test_a_citation_says_where_and_since_when() -> None:
    """A patient and the coordinator must be able to check it."""
    citation = ask("how warm is the pool").citations[0]
    assert (citation.document, citation.page, citation.heading, citation.effective) == (
        "Patient guide",
        3,
        "Services > Aquatic therapy",
        papers.FROM,
    )


def test_a_long_faq_answer_is_cut_to_whole_sentences() -> None:
    """A wall of text on a phone is no answer, half a sentence is a false one."""
    long = " ".join(f"Step {n} of the intake visit takes some of your time and is done with care." for n in range(20))
    answer = ask("What is the intake visit like?", papers.faq("What is the intake visit like?", long))
    assert answer.kind is AnswerKind.ANSWER
    assert len(answer.text.split()) <= 80
    assert answer.text.endswith(".")


def test_a_fixed_question_is_not_looked_up() -> None:
    """A paper about cards and copays must not be offered as a patient's own balance."""
    answer = ask("What is my balance?")
    assert answer.kind is AnswerKind.FIXED
    assert answer.citations == ()
    assert "records" in answer.text
    assert "expediente" in ask("¿Cuál es mi saldo?").text


WORDS = st.sampled_from(
    [
        "the",
        "visit",
        "fee",
        "$45",
        "Cigna",
        "HMO",
        "not",
        "accepted.",
        "We",
        "do",
        "treat",
        "Dr.",
        "Lee",
        "a.m.",
        "Monday",
        "9:30",
        "within",
        "4",
        "days?",
        "no:",
        "Yes,",
        "\n",
        "-",
        "(x)",
        "¿Qué",
        "é",
        "555-0142",
    ]
)
TEXTS = st.one_of(st.lists(WORDS, min_size=1, max_size=40).map(" ".join), st.text(min_size=1, max_size=120))


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    kind = draw(st.sampled_from(ChunkKind))
    lead = draw(st.one_of(st.just(""), TEXTS)) if kind in (ChunkKind.LIST, ChunkKind.QUESTION) else ""
    text = draw(TEXTS)
    if kind is not ChunkKind.ROW:
        return papers.passage(Chunk(0, kind, text, ("A", "B"), lead=lead))
    values = [" ".join(piece.split()) for piece in text.split(" ")][:5]
    cells = tuple((f"Column {n}", value) for n, value in enumerate(values))
    return papers.passage(Chunk(0, kind, " | ".join(values), cells=cells))


@settings(max_examples=300, deadline=None)
@given(question=TEXTS, found=st.lists(passages(), max_size=6))
def test_whatever_is_said_stands_in_a_passage(question: str, found: list[Passage]) -> None:
    """The promise of the product: for any text, no crash, and not a word of our own in an answer."""
    answer = WORDS_ONLY.answer(question, found)
    if answer.kind is not AnswerKind.ANSWER:
        assert answer.citations == ()
        return
    sources = [source for p in found for source in (p.chunk.text, p.chunk.lead, *p.chunk.heading)]
    assert answer.citations
    for citation in answer.citations:
        assert citation.quote
        assert any(citation.quote in source for source in sources)
    heads = {head for p in found for head, _ in p.chunk.cells}
    quoted = {word for citation in answer.citations for word in citation.quote.split()} | {"-"}
    for word in answer.text.replace("; ", " ").split():
        said = word.rstrip(":;")
        assert word in quoted or word.rstrip(";") in quoted or said in quoted or any(said in head for head in heads)


@given(TEXTS)
def test_the_same_question_gets_the_same_answer(question: str) -> None:
    """A reply that is computed again after a crash must not differ from the one that was shown."""
    assert ask(question) == ask(question)


def test_a_marked_piece_is_quoted_with_its_note_and_others_without() -> None:
    """Without it "a massage costs $60*" would be said without what the star takes back."""
    note = "* Only with a treatment plan."
    fees = Chunk(9, ChunkKind.LIST, "Massage: $60*\nTaping: $15", ("Fees",), notes=(note,), id="fees")
    passages = (papers.passage(fees), *papers.RULES)
    marked, plain = desk.ask("how much is a massage", passages), desk.ask("how much is taping", passages)
    assert (marked.text, plain.text) == (f"Massage: $60*\n{note}", "Taping: $15")
    assert [citation.quote for citation in marked.citations] == ["Massage: $60*", note]
