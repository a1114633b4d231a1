"""Fixed sentences: said when they must be, and never in the way of a normal question."""

import pytest

from app.answering.fixed import Fixed, recognise, wording


@pytest.mark.parametrize(
    ("question", "fixed"),
    [
        ("What is my balance?", Fixed.PERSONAL),
        ("how much do I still owe you", Fixed.PERSONAL),
        ("When is my next appointment?", Fixed.PERSONAL),
        ("what time is my appointment tomorrow", Fixed.PERSONAL),
        ("Did my doctor send the referral?", Fixed.PERSONAL),
        ("have you received my fax", Fixed.PERSONAL),
        ("how many visits do I have left", Fixed.PERSONAL),
        ("is my appointment confirmed?", Fixed.PERSONAL),
        ("what will my copay be with Aetna", Fixed.PERSONAL),
        ("why did you guys bill me twice", Fixed.PERSONAL),
        ("they charged my debit card 90 dollars", Fixed.PERSONAL),
        ("has Aetna authorized my next visits?", Fixed.PERSONAL),
        ("how much of my deductible is left", Fixed.PERSONAL),
        ("¿Cuánto debo?", Fixed.PERSONAL),
        ("¿cuántas sesiones me quedan?", Fixed.PERSONAL),
        ("¿Ya me autorizaron las visitas?", Fixed.PERSONAL),
        ("¿Cuándo es mi cita?", Fixed.PERSONAL),
        ("do you have a slot at 3 today", Fixed.LIVE),
        ("any openings this week?", Fixed.LIVE),
        ("can I come in tomorrow at 4?", Fixed.LIVE),
        ("can you move my appointment to Friday", Fixed.LIVE),
        ("is Dr. Reyes in today", Fixed.LIVE),
        ("did anybody cancel this afternoon", Fixed.LIVE),
        ("how many seats are left in the class", Fixed.LIVE),
        ("is the parking lot icy this morning", Fixed.LIVE),
        ("¿hay alguna hora disponible el jueves?", Fixed.LIVE),
        ("¿Hay citas mañana?", Fixed.LIVE),
        ("should I stop taking ibuprofen before therapy", Fixed.MEDICAL),
        ("Can I take my blood thinners on the day?", Fixed.MEDICAL),
        ("what exercises should I do for my knee", Fixed.MEDICAL),
        ("do I have a torn meniscus", Fixed.MEDICAL),
        ("why does my shoulder hurt at night", Fixed.MEDICAL),
        ("should I ice my ankle", Fixed.MEDICAL),
        ("What's wrong with my back?", Fixed.MEDICAL),
        ("¿Puedo tomar ibuprofeno?", Fixed.MEDICAL),
        ("are you a human?", Fixed.ASSISTANT),
        ("am I talking to a real person", Fixed.ASSISTANT),
        ("are you a therapist", Fixed.ASSISTANT),
        ("is this a bot?", Fixed.ASSISTANT),
        ("who are you?", Fixed.ASSISTANT),
        ("¿Eres un robot?", Fixed.ASSISTANT),
    ],
)
def test_a_question_that_no_paper_may_answer_is_recognised(question: str, fixed: Fixed) -> None:
    """Otherwise a quote from a general paper would pass for advice, for a record, or for a person's word."""
    assert recognise(question) is fixed


@pytest.mark.parametrize(
    "question",
    [
        "what if I am charged for a visit I canceled",
        "do you charge my card when I miss a visit",
        "is there any cancellation fee if I call today",
        "has your clinic won awards",
        "¿cuánto debo pagar por la evaluación?",
        "¿me cobran si cancelo?",
        "¿hay estacionamiento disponible los sábados?",
        "what should I bring?",
        "what is your address?",
        "What is my first visit like?",
        "what do you need for my first appointment",
        "when is payment due",
        "Do I have to pay my copay every time?",
        "how long will my appointment be",
        "Do you have appointments on Saturdays?",
        "Do you have early morning appointments?",
        "can I cancel my appointment online",
        "How do I reschedule my appointment?",
        "I need to cancel a Monday visit, by when do I have to call",
        "do you have physical therapists who treat vertigo",
        "is there a therapist for children",
        "are you accepting new patients",
        "are you a physical therapy clinic?",
        "Can I exercise in your gym?",
        "What exercise classes do you offer?",
        "do I need a referral",
        "Do I need an X-ray before my first visit?",
        "how often will I come",
        "Can you send my records to another doctor?",
        "what should I do if I am running late",
        "Should I eat before therapy?",
        "Can I bring my child to my appointment?",
        "will my insurance cover this",
        "what forms should I fill out",
        "Do you treat back pain?",
        "How much is a visit?",
        "¿Qué debo traer a mi primera cita?",
        "¿Aceptan mi seguro?",
    ],
)
def test_a_normal_question_goes_to_the_papers(question: str) -> None:
    """An over-careful desk is a useless one."""
    assert recognise(question) is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_fixed_sentence_exists_and_offers_a_person(language: str) -> None:
    """A missing wording would be an error in the middle of a patient's question."""
    for fixed in Fixed:
        text = wording(fixed, "es" if language == "es" else "en")
        assert "?" not in text  # the desk may ask for a detail right after it
        assert text.count(".") == 1
        assert ("person" if language == "en" else "persona") in text
    assert ("automated" if language == "en" else "automático") in wording(
        Fixed.ASSISTANT, "es" if language == "es" else "en"
    )
