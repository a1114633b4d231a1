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
        "do you treat incontinence after childbirth?",
        "me muero de ganas de volver a correr",
        "sin dolor de pecho, solo la espalda",
        "",
    ],
)
def test_everyday_talk_is_no_emergency(text: str) -> None:
    """Without it patients would be sent to 911 for a sore muscle and stop trusting the desk."""
    assert screen(text) is None


def test_signs_add_up_over_messages() -> None:
    """Without it a swollen leg and a surgery told one after the other would go unnoticed."""
    assert screen("my calf is sore") is None
    assert screen("my calf is sore", earlier=["I had a hip replacement on Monday"]) is not None
    assert screen("thanks", earlier=["I have chest pain"]) is None
