"""Red flags in the words of patients, and everyday words that only sound like them."""

import pytest

from app.dialogue.emergency import screen, version


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("there is a crushing pressure in my chest", "911"),
        ("chset pain and im sweating", "911"),
        ("he suddenly cannot talk and his mouth is crooked", "911"),
        ("my wife can't breathe", "911"),
        ("my tongue is swelling after the shot", "911"),
        ("the bleeding won't stop", "911"),
        ("I took too many pain pills", "911"),
        ("my back went out and now I can't pee", "911"),
        ("numb in the saddle area since last night", "911"),
        ("calf is swollen and hot, I had my knee replaced last week", "911"),
        ("mom fell and can't put weight on her leg", "911"),
        ("pus is coming from the incision and I have chills", "911"),
        ("worst headache of my life", "911"),
        ("I want to end my life", "988"),
        ("me duele mucho el pecho", "911"),
        ("mi papá tiene la cara caída de un lado", "911"),
        ("no puedo respirar", "911"),
        ("ya no quiero vivir", "988"),
        ("my chest feels very tight and my arm tingles", "911"),
        ("grandpa clutched his chest and went pale", "911"),
        ("his lips are turning blue", "911"),
        ("she passed out and is not answering", "911"),
        ("blood keeps coming and it won't stop", "911"),
        ("hives everywhere and my lips feel thick", "911"),
        ("I can't feel anything when I wipe", "911"),
        ("calf is tender and swollen, had my ACL repaired ten days ago", "911"),
        ("I don't see any point in going on", "988"),
        ("I feel like dying is the only way", "988"),
        ("ya no puedo más, me quiero morir", "988"),
        ("se le paralizó la mitad de la cara", "911"),
        ("mi hermano no reacciona", "911"),
    ],
)
def test_an_emergency_is_recognised(text: str, number: str) -> None:
    """Without it somebody in danger would be asked for a member ID."""
    hit = screen(text)
    assert hit is not None
    assert hit.number == number
    assert hit.version == version()


@pytest.mark.parametrize(
    "text",
    [
        "my shoulder is killing me",
        "I get a dead arm when I sleep on it",
        "no chest pain and no trouble breathing, only a stiff neck",
        "I had a heart attack years ago and want to get stronger",
        "Do you offer stroke rehab?",
        "sore chest from bench press",
        "I'm dying to get back to running",
        "I hurt myself at the gym",
        "my surgery was in March and I need rehab",
        "I broke my wrist in 2019",
        "numbness in two fingers",
        "my boyfriend amused me yesterday",  # one letter from a word of violence
        "do you treat incontinence after childbirth?",
        "me muero de ganas de volver a correr",
        "sin dolor de pecho, solo la espalda",
        "",
    ],
)
def test_everyday_talk_is_no_emergency(text: str) -> None:
    """Without it patients would be sent to 911 for a sore muscle and stop trusting the desk."""
    assert screen(text) is None


@pytest.mark.parametrize(
    ("text", "raises"),
    [
        ("he has a head injury and is on blood thinners", True),
        ("I am on blood thinners and the cut keeps bleeding", True),
        ("when do I get my blood test results, it has been hours", False),
        ("my blood pressure drops a lot when I stand up", False),
        ("is dry needling safe on blood thinners", False),
        ("analisis de sangre, tengo mucha prisa", False),
        ("la sangre no para, tomo pastillas para la presión", True),
    ],
)
def test_a_compound_hides_one_word_and_no_more(text: str, raises: bool) -> None:
    """Blood pressure is no bleeding, but blood thinners make a bleeding worse: the rest of such a word counts."""
    assert (screen(text) is not None) is raises


@pytest.mark.parametrize(
    ("text", "raises"),
    [
        ("the nurse said call 911 if I get chest pain or trouble breathing, I don't have any of that", False),
        ("the surgeon told me to call if I get chest pain or a swollen calf", False),
        ("chest pain or trouble breathing, none of that", False),
        ("dolor de pecho no tengo", False),
        ("call 911, I have chest pain", True),
        ("the nurse said call if I get chest pain and I have it right now", True),
        ("none of that helped, my chest still hurts", True),
        ("should I call 911 if I have chest pain", True),
        ("no puede mover el brazo ni la pierna del lado izquierdo", True),
        ("ni dolor de pecho ni falta de aire", False),
    ],
)
def test_a_denial_reaches_what_was_said_before_it(text: str, raises: bool) -> None:
    """Patients repeat what they were told to watch for and then say that they have none of it."""
    assert (screen(text) is not None) is raises


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself. friends or family, I don't have any of those",
        "my husband collapsed. CPR training? nothing like that",
        "chest pain, I have none of my meds",
        "I'm having chest pain. aspirin or nitro, I don't have any of that",
        "chest pain and sweating. aspirin, nitro, none of that",
        "tengo dolor de pecho. pastillas, nada de eso",
        "they said call if I had pus. it is full of pus with a fever, antibiotics I don't have any of those",
        "mi esposo me va a matar, tiene un cuchillo",
        "me ahogo con tanta sangre",
    ],
)
def test_what_else_is_lacking_denies_no_sign(text: str) -> None:
    """Without it "I don't have any of those", said of pills or people, would hide the danger told before it."""
    assert screen(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "chest pain? trouble breathing? none of that",
        "fever, numbness, none of those",
        "dolor de pecho o fiebre, nada de eso",
        "me ahogo con tantos correos",
        "mi esposa me va a matar si falto otra vez",
        "drowning in a sea of paperwork",
    ],
)
def test_a_list_that_is_denied_as_a_whole_is_none(text: str) -> None:
    """Patients answer the questions of a discharge sheet with one denial, and complain with a smile."""
    assert screen(text) is None


def test_signs_add_up_over_messages() -> None:
    """Without it a swollen leg and a surgery told one after the other would go unnoticed."""
    assert screen("my calf is sore") is None
    assert screen("my calf is sore", earlier=["I had a hip replacement on Monday"]) is not None
    assert screen("thanks", earlier=["I have chest pain"]) is None
