"""What a sentence may say that cites a paper: what the paper says, and no lie of any kind."""

import pytest

from app.answering.grounding import supported
from app.answering.sentences import sentences
from knowledge.types import ChunkKind, Passage
from tests.answering.grounding_corpus import cases
from tests.answering.grounding_mutations import lies
from tests.answering.papers import FAQS, RULES, faq, prose

HELD_OUT = cases(held_out=True)
# Of statements that were written after the rules, at first reading: 37 of 51 kept, 2 of 128 lies shown; 142 of 176
# and 26 of 644; 65 of 93 and 9 of 248 (sorrel); after that was mended, 56 of 89 and 4 of 250 (basalt). What passed was
# mended. Fennel: 23 of 47 and 1 of 79 at first reading, its other half, first read after that was mended, 20 of 36 and
# 6 of 101. Lies that drop a condition or put one thing or person for another: heron 8 of 16 and 3 of 27, osprey 13 of
# 24 and 4 of 33, both mended; kestrel, first read after that, 10 of 17 and 1 of 32.
KEPT_HELD_OUT = 0.7
NOT_YET = {
    "The first 20 pages are free.",  # the paper says for whom: patients, who read this
    "People on the waiting list text us within 2 days of a cancellation.",
}
SEEN = cases(held_out=False)
# Of the right statements of the corpus, at least this share is kept; what is lost only costs nicer words.
KEPT = 0.9


@pytest.mark.parametrize("file", sorted({case.file for case in SEEN}))
def test_lies_are_dropped(file: str) -> None:
    told = [case for case in SEEN if case.file == file and case.kind != "right"]
    assert told
    assert [case.sentence for case in told if case.verdict().supported] == []


def test_what_a_good_model_would_write_is_mostly_kept() -> None:
    right = [case for case in SEEN if case.kind == "right"]
    kept = [case for case in right if case.verdict().supported]
    assert len(kept) >= KEPT * len(right)


def test_a_verdict_names_the_passage_that_supports() -> None:
    fees, parking = prose("A follow-up costs $95.", "Fees"), prose("Parking is free behind the building.", "Parking")
    verdict = supported("A follow-up is $95.", [parking, fees], "What is a follow-up?")
    assert verdict.passages == (fees,)


def test_acceptance_of_payers_is_never_a_models_to_say() -> None:
    paper = prose("We are in network with Cigna.", "Insurance")
    assert supported("We are in network with Cigna.", [paper], "Do you take Cigna?").why == "payer"


@pytest.mark.parametrize("sentence", ["", " ", "...", "Sure!", "Yes.", "No.", "$", "\x00", "¿?", "a" * 10_000])
def test_what_states_nothing_is_not_supported(sentence: str) -> None:
    assert not supported(sentence, [prose("Parking is free.", "Parking")], "Is parking free?").supported


def test_statements_written_after_the_rules() -> None:
    right = [case for case in HELD_OUT if case.kind == "right"]
    shown = [case for case in HELD_OUT if case.kind != "right" and case.verdict().supported]
    assert sum(case.verdict().supported for case in right) >= KEPT_HELD_OUT * len(right)
    assert {case.sentence for case in shown} == NOT_YET, "one that is dropped now is taken out of NOT_YET"


def _true() -> list[tuple[str, list[Passage], str]]:
    """Right statements of the corpus, and sentences of papers word for word."""
    papers = [one for one in (*FAQS, *RULES) if one.chunk.kind in (ChunkKind.PROSE, ChunkKind.QUESTION)]
    said = [(text, [one], one.chunk.lead) for one in papers for text in sentences(one.chunk.text)]
    said = [one for one in said if len(one[0].split()) > 4 and not one[0].startswith(("Yes", "No"))]
    return said + [(c.sentence, list(c.cited), c.question) for c in SEEN if c.kind == "right"]


def test_sentences_of_papers_are_supported_word_for_word() -> None:
    passages = {passage.chunk.id: passage for case in SEEN for passage in case.cited}.values()
    for passage in passages:
        if passage.chunk.kind is ChunkKind.PROSE and passage.chunk.id not in ("injected", "staff"):
            for text in sentences(passage.chunk.text):
                verdict = supported(text, [passage], "")
                refers = text.split()[0] in ("It", "They", "This", "Both")
                assert verdict.supported or verdict.why == "payer" or refers, (text, verdict.why)


def test_one_thing_changed_makes_a_true_sentence_unsupported() -> None:
    made = 0
    for true, cited, question in _true():
        for kind, lie in lies(true):
            stands = any(lie.strip(". ") in passage.chunk.text for passage in cited)
            if not stands:
                made += 1
                assert not supported(lie, cited, question).supported, (kind, lie)
    assert made > 1000


_LOT = prose("Parking is in the town lot, which is two dollars an hour on weekdays and free on weekends.", "Parking")
_CLOTHES = prose(
    "Wear shorts for a knee, a tank top for a shoulder, running shoes you actually run in for a gait check.", "Clothes"
)
_CHILD = prose("Anyone under 18 needs a parent or guardian in the building for the first visit.", "Visits")
_REFERRAL = faq("Do I need a referral from a doctor?", "Usually not for the first 30 days, but some plans want one.")
_PAYING = prose("You can use your health insurance or pay yourself, and we give you the paperwork.", "Paying")
_SAME = prose("Your therapist writes a plan with you. You will see the same therapist each time.", "Visits")
_BIKES = prose("We fit road and mountain bikes, no e-bikes.", "Bikes")
_RULES = prose("These are our rules, for patients, and for the doctors' offices that send them to us.", "Rules")


@pytest.mark.parametrize(
    ("paper", "question", "lie"),
    [
        (_LOT, "is anybody there on a saturday", "Parking is two dollars an hour on weekends."),
        (_LOT, "where do I park", "Parking is two dollars an hour on weekdays and charged on weekends."),
        (_CLOTHES, "what do I wear", "Wear a tank top, running shoes you actually run in for a gait check."),
        (_CLOTHES, "do you see children", "Wear shorts, a tank top for a shoulder."),
        (_CHILD, "can my daughter come", "Anyone under 18 needs a parent or guardian in the building."),
        (
            _REFERRAL,
            "Can I walk in without seeing a doctor first?",
            "Usually not for the last 30 days, but some plans want one.",
        ),
        (_REFERRAL, "Can I walk in without seeing a doctor first?", "It is usually not needed for the last 30 days."),
        (_PAYING, "how do I pay", "We can use your health insurance or pay yourself, and we give you the paperwork."),
        (_PAYING, "how do I pay", "You give the paperwork."),
        (_SAME, "who treats me", "Your therapist will see the same therapist each time."),
        (_BIKES, "do you fit bikes", "We fit road and mountain bikes, e-bikes."),
        (_BIKES, "do you fit bikes", "Patient guide > Bikes."),
        (_RULES, "Where should my doctor's office fax to?", ", and for the doctors' offices that send them to us."),
    ],
)
def test_words_of_the_paper_put_to_another_use(paper: Passage, question: str, lie: str) -> None:
    """A liar with the papers' own words found these: a price carried over to other days, what narrows one of several
    things left out, the last for the first, who does what, half a sentence."""
    assert not supported(lie, [paper], question).supported


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        (_LOT, "Parking costs two dollars an hour on weekdays and is free on weekends."),
        (_LOT, "Parking is free on weekends."),
        (_CLOTHES, "Please wear a tank top for a shoulder."),
        (_CHILD, "For the first visit, anyone under 18 needs a parent or guardian in the building."),
        (_REFERRAL, "You usually do not need a referral for the first 30 days, but some plans want one."),
        (_PAYING, "You can pay yourself or use your health insurance."),
        (_PAYING, "We give you the paperwork."),
        (_BIKES, "We fit road bikes."),
        (_SAME, "You see the same therapist each time."),
        (_SAME, "Patients see the same therapist each time."),
        (_SAME, "Each time, you will see the same therapist."),
        (prose("We treat knee or hip problems.", "Visits"), "We treat knee problems."),
        (prose("We are closed on Sundays and holidays.", "Hours"), "We are closed on holidays."),
        (prose("We offer hand therapy and balance training.", "Visits"), "We offer balance training."),
    ],
)
def test_one_of_several_things_may_be_said_alone(paper: Passage, said: str) -> None:
    assert supported(said, [paper], "What should I know?").supported


_SIGN_OFF = prose(
    "Please keep in mind - after 10 visits or 40 days (whichever comes first), a doctor must sign off on any further "
    "treatment.",
    "Rules",
)
_RELEASE = faq("Can I get a copy of the notes?", "Yes, once you sign a release.")
_BRACES = prose("We lend walkers for up to 4 weeks, with a deposit of $40.", "Canes and walkers")
_SNOW = prose("We never charge for visits missed because of snow.", "Weather")
_VIDEO = prose("You must be in Ohio during the call.", "Rules")
_REPORT = prose("The nurse sends the adjuster a note after each visit.", "Notes")
_OFFICE = prose("Your surgeon's office faxes us the protocol.", "Notes")
_AVISO = prose("La recepcionista le avisa cuando el terapeuta se atrasa.", "Avisos")
_LOTS = prose("The lot behind the bank is full. The front lot is rented, and cars are towed from it.", "Cars")


@pytest.mark.parametrize(
    ("paper", "question", "lie"),
    [
        (_SIGN_OFF, "when must a doctor sign", "A doctor must sign off on any further treatment."),
        (_RELEASE, "Can I get a copy of the notes?", "Yes, you can get a copy of the notes."),
        (_BRACES, "Can I borrow a walker?", "We lend canes for up to 4 weeks, with a deposit of $40."),
        (_BRACES, "Can I borrow a walker?", "We lend walkers for up to 4 weeks."),
        (_SNOW, "What if it snows?", "We never charge for missed visits."),
        (_VIDEO, "Where must I be?", "We are in Ohio during the call."),
        (_REPORT, "Who sends notes?", "The adjuster sends the nurse a note after each visit."),
        (_OFFICE, "Who faxes it?", "We fax your surgeon's office the protocol."),
        (_AVISO, "¿Quién avisa?", "El terapeuta le avisa cuando la recepcionista se atrasa."),
        (_LOTS, "Where are cars towed?", "Cars are towed from the lot behind the bank."),
        (prose("We drive to homes within 9 miles of the clinic.", "Rides"), "", "We drive to homes within 9 miles."),
        (prose("We waive the fee in a hard year.", "Fees"), "", "We waive the visit in a hard year."),
    ],
)
def test_what_narrows_a_fact_and_who_it_is_about_is_kept(paper: Passage, question: str, lie: str) -> None:
    """A circumstance may not be understood from the question, nor a thing or a person exchanged for another one."""
    assert not supported(lie, [paper], question).supported


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        (_SIGN_OFF, "A doctor must sign off on any further treatment after 10 visits or 40 days, whichever is first."),
        (_RELEASE, "You can get a copy of the notes once you sign a release."),
        (_BRACES, "We lend walkers for up to 4 weeks with a $40 deposit."),
        (_SNOW, "We do not charge for visits missed because of snow."),
        (_VIDEO, "During the call you must be in Ohio."),
        (_REPORT, "After each visit, the nurse sends the adjuster a note."),
    ],
)
def test_with_what_narrows_it_a_fact_may_be_said_otherwise(paper: Passage, said: str) -> None:
    assert supported(said, [paper], "What should I know?").supported


_UP_TO = faq("Can I come without a referral?", "Yes, for up to 21 days or 10 visits, whichever comes first.")
_WEEK = prose("Most new patients are seen within one week. One person may come into the room with you.", "Visits")
_POOL = prose("Wear a swimsuit and bring your own towel. If it hurts, get out and call us.", "Visits")
_SIN = prose("Si usted no tiene seguro, la evaluación cuesta $140.", "Pagos")
_TARDE = prose("Si cancela más tarde cobramos $35, excepto por enfermedad.", "Cancelar")
_CORNER = prose("Children under 6 may wait in the play corner if an adult watches them. It may be loud.", "Visits")


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        (_WEEK, "Most new patients are seen within a week."),
        (_WEEK, "One person can come into the room with you."),
        (_POOL, "Bring your own towel and wear a swimsuit."),
        (_SIN, "Sin seguro, la evaluación cuesta $140."),
        (_TARDE, "Si cancela más tarde, cobramos $35, excepto por enfermedad."),
        (_CORNER, "Children under 6 can wait in the play corner if an adult watches them."),
    ],
)
def test_the_same_in_another_form_may_be_said(paper: Passage, said: str) -> None:
    assert supported(said, [paper], "What should I know?").supported


@pytest.mark.parametrize(
    ("paper", "lie"),
    [
        (_UP_TO, "You can come without a referral."),
        (_UP_TO, "You can come without a referral for 10 visits."),
        (_WEEK, "Most new patients are seen once a week."),
        (_WEEK, "Most new patients are seen 1 time a week."),
        (_WEEK, "People may come into the room with you."),
        (_WEEK, "One person must come into the room with you."),
        (_POOL, "If it hurts, call us."),
        (_POOL, "We bring your own towel."),
        (_POOL, "Wear your own towel and bring a swimsuit."),
        (_SIN, "Con seguro, la evaluación cuesta $140."),
        (_SIN, "La evaluación cuesta $140."),
        (_SIN, "Si usted tiene seguro, la evaluación cuesta $140."),
        (_TARDE, "Si cancela más tarde cobramos $35."),
        (_TARDE, "Cobramos $35, excepto por enfermedad."),
        (_TARDE, "Si cancela más tarde por enfermedad, cobramos $35."),
        (_CORNER, "Children under 6 can wait in the play corner."),
        (_CORNER, "Children over 6 can wait in the play corner if an adult watches them."),
        (_CORNER, "It can be loud if an adult watches them."),
    ],
)
def test_another_form_is_no_other_sense(paper: Passage, lie: str) -> None:
    """A yes without what narrows it; "a week" as how often; steps that belong together; whose insurance."""
    assert not supported(lie, [paper], "What should I know?").supported
