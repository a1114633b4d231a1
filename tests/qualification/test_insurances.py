"""Two insurances go to a person; one that is only corrected does not."""

import pytest

from app.qualification.insurances import held
from app.qualification.naming import find


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Aetna, not Cigna", ["Aetna"]),
        ("not Humana, Aetna", ["Aetna"]),
        ("I used to have Cigna, now Aetna", ["Aetna"]),
        ("Aetna instead of Humana", ["Aetna"]),
        ("ya no tengo Cigna, tengo Aetna", ["Aetna"]),
        ("no, Aetna", ["Aetna"]),
        ("Aetna and also Cigna", ["Aetna", "Cigna"]),
        ("Tricare for Life and Medicare", ["Tricare For Life", "Medicare"]),
        ("Humana", ["Humana"]),
        ("not Cigna", ["Cigna"]),
    ],
)
def test_what_somebody_has(said: str, names: list[str]) -> None:
    assert [one.name for one in held(said, find(said))] == names
