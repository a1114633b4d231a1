"""Patients made up from a seed. Each has an e-mail address of their own, by which their request is known again."""

import random
from dataclasses import dataclass

FIRST = ("Rosa", "Ana María", "Dinh", "Zoë", "Patrick", "Sinéad", "Marek", "Leilani", "Jo", "Nadia", "Björn", "Omar")
LAST = ("Delgado", "Quince", "O'Brien", "Łuczak", "van der Berg", "Ito", "Nguyễn", "Smith-Jones", "Garcia", "Hale")
REASONS = (
    "knee is stiff since the meniscus operation in spring",
    "lower back gets sore after a day of driving",
    "stiff shoulder, overhead reaching hurts; sleeping on it too",
    "dolor de rodilla al subir escaleras",
    'tennis elbow — "worse" when I type & lift <boxes>',
    "ankle sprain, six weeks ago\nstill swells in the evening",
    "neck feels tight, 肩こり, turning left is hard",
)
CARRIERS = ("Cigna", "Aetna", "Blue Cross Blue Shield", "UnitedHealthcare", "Medicare")
PROVIDERS = ("Dr. Lin", "Dr. Amara Okafor", "Dr. Smith")


@dataclass(frozen=True)
class Patient:
    """What one patient fills in, as typed."""

    number: int
    slots: dict[str, str]

    @property
    def email(self) -> str:
        """Unique in a run."""
        return self.slots["contact"]


def patient(seed: int, number: int) -> Patient:
    """The `number`-th patient of a run, always the same for the same seed."""
    chance = random.Random(f"{seed}/{number}")
    slots = {
        "patient_name": f"{chance.choice(FIRST)} {chance.choice(LAST)}",
        "contact": f"patient{number}@mail{seed}.example",
        "reason": chance.choice(REASONS),
    }
    if chance.random() < 0.6:
        slots["insurance_carrier"] = chance.choice(CARRIERS)
    if chance.random() < 0.4:
        slots["referring_provider"] = chance.choice(PROVIDERS)
    return Patient(number, slots)
