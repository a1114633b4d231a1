"""What holds for any text: it comes back to the byte, nothing known is left in it, and no token is ever split."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from app.llm.identifying.plain import Plain
from app.llm.identifying.spans import KINDS
from app.llm.redaction import Vault

_NAMES = (
    "Robin Ames",
    "bob tran",
    "Grace Hill",
    "Nguyễn Thị Lan",
    "O'Brien-Łuczak",
    "Will",
    "李小龙",
    "María José de la Cruz",
)
_NUMBERS = (
    "571-555-0142",
    "+1 (703) 555 0126",
    "XYZ123456789",
    "five seven one five five five oh one four two",
    "3/4/1980",
)
_TOKENISH = tuple(
    f"{left}{kind}{gap}{number}{right}"
    for kind in KINDS
    for left, gap, right in (
        ("[", "_", "]"),
        ("\\[", "\\_", "\\]"),
        ("(", " ", ")"),
        ("", "_", ""),
        ("[ ", "-", " ]"),
        ("[", "", "b]"),
    )
    for number in (1, 2, 37)
)
_BITS = st.one_of(
    st.text(max_size=12),
    st.sampled_from((*_NAMES, *_NUMBERS, *_TOKENISH)),
    st.sampled_from(
        (
            "my name is ",
            " here ",
            " @ ",
            " at ",
            " dot ",
            "\\",
            "[",
            "]",
            "_",
            "NAME",
            "1",
            "\u200b",
            "\u0301",
            "ﬁ",
            "５",
            "\n",
            " ",
            "don't",
            "Dr. ",
        )
    ),
)
_TEXTS = st.lists(_BITS, max_size=12).map("".join)


@given(st.lists(_TEXTS, min_size=1, max_size=3))
def test_every_text_comes_back_to_the_byte(texts: list[str]) -> None:
    vault = Vault([("NAME", "Robin Ames"), ("PHONE", "+15715550142")])
    hidden = [vault.hide(text) for text in texts]
    assert [vault.show(text) for text in hidden] == texts


@given(_TEXTS)
def test_hiding_again_gives_the_same(text: str) -> None:
    vault = Vault()
    hidden = vault.hide(text)
    assert vault.hide(text) == hidden


@given(_TEXTS, st.lists(st.integers(0, 200), max_size=8))
def test_a_stream_shows_what_the_whole_shows_wherever_it_is_cut(text: str, cuts: list[int]) -> None:
    vault = Vault([("NAME", "Robin Ames")])
    vault.hide("Robin Ames, 571-555-0142")
    whole = vault.hide(text) + " [name 1] " + text
    places = sorted({min(cut, len(whole)) for cut in cuts} | {0, len(whole)})
    pieces = [whole[start:end] for start, end in itertools.pairwise(places)]
    assert "".join(vault.show_stream(pieces)) == vault.show(whole)
    assert "".join(vault.show_stream(whole)) == vault.show(whole)


_WORD = st.text(st.characters(categories=("Lu", "Ll"), max_codepoint=0x24F), min_size=2, max_size=9)


@given(
    st.lists(_WORD, min_size=1, max_size=3),
    st.sampled_from(("upper", "lower", "title", "swapcase")),
    st.sampled_from((" ", "  ", "-", "_", ". ", "\u00a0", "\u200b")),
    _TEXTS,
)
def test_a_known_name_is_left_in_no_case_or_spacing(words: list[str], case: str, between: str, around: str) -> None:
    typed = getattr(between.join(words), case)()
    hidden = Vault([("NAME", " ".join(words))]).hide(f"{around} {typed} {around}")
    shown = re.sub(r"\[[A-Z_]+_\d+[a-z]{0,2}\]", "x", hidden)
    sought = r"[\W_]*".join(re.escape(Plain.of(word).folded) for word in words)
    assert not re.search(rf"(?<![^\W_]){sought}(?![^\W_])", Plain.of(shown).folded)


@given(
    st.integers(2_000_000_000, 9_999_999_999),
    st.sampled_from(
        (
            "{0}{1}{2}",
            "({0}) {1}-{2}",
            "{0}.{1}.{2}",
            "{0} {1} {2}",
            "+1 {0} {1} {2}",
            "1-{0}-{1}-{2}",
            "{0} - {1} - {2}",
            "{0}/{1}/{2}",
            "tel:{0}{1}{2}",
        )
    ),
    _TEXTS,
)
def test_a_number_of_ten_digits_is_left_in_no_form(number: int, form: str, around: str) -> None:
    digits = str(number)
    typed = form.format(digits[:3], digits[3:6], digits[6:])
    hidden = Vault().hide(f"{around} my number is {typed} {around}")
    assert digits not in re.sub(r"\D", "", re.sub(r"\[[A-Z_]+_\d+[a-z]{0,2}\]", "x", hidden).replace(around, ""))
