"""The check digit of card numbers and provider identifiers."""


def luhn(digits: str) -> bool:
    """True when the last digit is the check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
