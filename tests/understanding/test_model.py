"""A second reading by a model: what it may add to the rules' reading, what it may better, and what it may not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue.action import Catalogue, Confirmation
from app.dialogue.decide import decide
from app.dialogue.moves import Complete
from app.dialogue.state import ActionStatus, Caller, State, Topic
from app.llm.base import Failure, ModelFailed, OutputSchema, Prompt, Purpose
from app.understanding.briefing import prompts
from app.understanding.combining import combined
from app.understanding.model import second_reading, understood, worth_asking
from app.understanding.proposals import DOINGS, MOST, SCHEMA, Proposal, proposals
from app.understanding.rules import RulesUnderstanding
from app.understanding.wished_times import ANY_DAY

CATALOGUE = Catalogue(shipped_actions(), {"cigna": "Cigna"})
GIVEN = {
    "patient_name": "Ada Thorn",
    "contact": "703-555-0141",
    "referring_provider": "nobody",
    "reason": "a stiff neck",
    "insurance_carrier": "self pay",
    "preferred_times": "tuesday mornings",
}


class Says:
    """A guest that returns these commands, or raises."""

    def __init__(self, *said: Sequence[str] | ModelFailed, raw: Any = None) -> None:
        self.said, self.raw, self.asked = said, raw, 0

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """The answer."""
        self.asked += 1
        if self.said and isinstance(self.said[0], ModelFailed):
            raise self.said[0]
        listed = [dict(zip(("words", "do", "on", "value"), (*one, "", "")[:4], strict=True)) for one in self.said]
        return {"commands": listed} if self.raw is None else self.raw

    def stream(
        self, purpose: Purpose, prompts: Sequence[Prompt], *, max_tokens: int, shown: Any = None
    ) -> Iterator[str]:
        """Never asked for."""
        raise ModelFailed(Failure.REFUSED)


def talk(*names: str, action: str = "referral", **more: str) -> State:
    """Where a talk stands in which these fields were given."""
    given = {name: GIVEN[name] for name in names} | more
    commands = [c.StartAction(action), *(c.SetSlot(name, said) for name, said in given.items())]
    return decide(State(), commands, CATALOGUE, ANY_DAY)[0]


READ_BACK = talk(*GIVEN)


def read(text: str, *said: Sequence[str], state: State | None = None, catalogue: Catalogue = CATALOGUE) -> list:
    """The commands after both readings."""
    state = state or State()
    rules = RulesUnderstanding().understand(text, state, catalogue)
    return second_reading(Says(*said), rules, text, state, catalogue)


def rules(text: str, state: State | None = None) -> list[c.Command]:
    """The commands of the rules alone."""
    return RulesUnderstanding().understand(text, state or State(), CATALOGUE)


def submits(commands: Sequence[c.Command], state: State, catalogue: Catalogue = CATALOGUE) -> bool:
    """Whether they send a form."""
    return any(isinstance(move, Complete) for move in decide(state, commands, catalogue, ANY_DAY)[1])


def test_read_back_is_what_the_tests_take_it_for() -> None:
    """The laws below would hold for a talk in which nothing can be submitted."""
    assert READ_BACK.status is ActionStatus.CONFIRMING
    assert submits([c.Affirm()], READ_BACK)


def test_what_rules_miss_is_added() -> None:
    """Without it the model would be asked for nothing."""
    text = "marlowe finch here, i fell off a ladder, want to get started"
    named = c.SetSlot("patient_name", "marlowe finch")
    assert named not in rules(text)
    assert named in read(text, ("marlowe finch", "give", "patient_name", "marlowe finch"))


def test_the_value_is_the_patient_s_spelling() -> None:
    """A model that mends the spelling or the case would put its own word into a referral."""
    told = read("MARLOWE  Finch here, my hip", ("marlowe finch", "give", "patient_name", "marlowe finch"))
    assert [
        " ".join(one.said.split()) for one in told if isinstance(one, c.SetSlot) and one.name == "patient_name"
    ] == ["MARLOWE Finch"]


@pytest.mark.parametrize(
    "said",
    [
        ("my knee hurts", "give", "patient_name", "John Doe"),
        ("my knee hurts", "give", "contact", "123-456-7890"),
        ("Aetna", "give", "insurance_carrier", "Aetna"),
        ("my knee hurts", "give", "shoe_size", "knee"),
        ("my knee hurts", "give", "member_id", "knee"),
        ("my knee hurts", "give", "patient_name", "knee hurts"),
        ("my knee hurts", "start", "surgery"),
        ("my knee hurts", "cancel"),
        ("my knee hurts", "person"),
        ("my knee hurts", "start_over"),
        ("my knee hurts", "yes"),
        ("my knee hurts", "caller", "vendor"),
        ("my knee hurts", "ask", "", "How much does surgery cost?"),
        ("", "person"),
    ],
)
def test_what_the_text_does_not_bear_out_is_left_out(said: Sequence[str]) -> None:
    """A model that invents would fill in a form with nobody's name."""
    assert read("my knee hurts", said) == rules("my knee hurts")


@pytest.mark.parametrize("raw", [None, 7, "{}", [], {}, {"commands": 3}, {"commands": [1, {"do": "cancel"}, None]}])
def test_whatever_json_comes_leaves_the_rules(raw: Any) -> None:
    """A server's nonsense would end the turn."""
    text = "my knee hurts and I need a person"
    assert second_reading(Says(raw=raw if raw is not None else 0), rules(text), text, State(), CATALOGUE) == rules(text)


@pytest.mark.parametrize("failure", Failure)
def test_a_model_that_fails_leaves_the_rules(failure: Failure) -> None:
    """A late or refusing server would cost the patient the turn."""
    text = "marlowe finch here, my hip is not happy"
    assert second_reading(Says(ModelFailed(failure)), rules(text), text, State(), CATALOGUE) == rules(text)


def test_what_is_certain_is_not_overruled() -> None:
    """A model that takes another number would send the clinic to the wrong phone."""
    text = "my knee, 703-555-0129 or 703-555-0130"
    told = read(text, ("703-555-0130", "give", "contact", "703-555-0130"))
    assert c.SetSlot("contact", "703-555-0129") in told
    assert not any(isinstance(one, c.SetSlot) and one.said == "703-555-0130" for one in told)
    other = read(text, ("703-555-0129", "give", "member_id", "703-555-0129"))
    assert not any(isinstance(one, c.SetSlot) and one.name == "member_id" for one in other)


def test_a_guess_of_the_rules_gives_way() -> None:
    """ "thanks so much you're a gem" would be somebody's name."""
    text, state = "thanks so much you're a gem", talk()
    assert any(isinstance(one, c.SetSlot) for one in rules(text, state))
    assert read(text, (text, "talk", "thanks"), state=state) == [c.SmallTalk("thanks")]


def test_a_name_that_the_rules_took_is_not_taken_away() -> None:
    """A model that reads a name as a greeting would lose it."""
    state = talk()
    assert read("Joy Hope", ("Joy Hope", "talk", "greeting"), state=state) == rules("Joy Hope", state)


def test_a_part_of_a_number_mends_it() -> None:
    """ "no wait, 0144" says four digits of ten."""
    state = talk("patient_name", "contact")
    text = "hmm wait the end is wrong it says 0144 on the bill"
    told = read(text, ("wait the end is wrong it says 0144", "change", "contact", "0144"), state=state)
    after, _ = decide(state, told, CATALOGUE, ANY_DAY)
    assert after.filled()["contact"] == "+17035550144"


def test_a_value_that_was_given_changes_only_with_a_word_of_change() -> None:
    """The doctor's name in a later message would become the patient's."""
    state = talk("patient_name", "contact")
    told = read("Imani Cole sent me over", ("Imani Cole", "change", "patient_name", "Imani Cole"), state=state)
    assert not any(getattr(one, "name", "") == "patient_name" for one in told)


@pytest.mark.parametrize(
    "text",
    ["who gets to see all this", "fine I guess but the phone", "yes? no?", "ok what happens after", "703-555-0199"],
)
def test_a_model_s_yes_is_none(text: str) -> None:
    """A model could send a referral that the patient had not agreed to."""
    told = read(text, (text, "yes"), (text.split()[0], "yes"), state=READ_BACK)
    assert submits(told, READ_BACK) == submits(rules(text, READ_BACK), READ_BACK)


@pytest.mark.parametrize("text", ["sure, that is a go", "go right ahead", "were all good", "ok go"])
def test_a_plain_yes_needs_no_model(text: str) -> None:
    """What counts as a yes stands in one place, the rules': a second list, for a model's yes, would let one send what
    the other would not."""
    assert submits(rules(text, READ_BACK), READ_BACK)


@pytest.mark.parametrize("text", ["not so sure, no go", "let me go over it", "where did you go", "we were fine", "go"])
def test_words_of_a_yes_among_others_are_none(text: str) -> None:
    told = read(text, (text, "yes"), state=READ_BACK)
    assert not submits(told, READ_BACK)


def test_a_change_that_only_the_model_sees_is_read_back() -> None:
    """A yes would send a value that the patient never saw."""
    text = "yes. oh and it should be Ada Maria Thorn"
    told = read(text, ("it should be Ada Maria Thorn", "change", "patient_name", "Ada Maria Thorn"), state=READ_BACK)
    if told != rules(text, READ_BACK):
        assert not submits(told, READ_BACK)


def test_a_yes_does_not_send_a_value_that_only_the_model_changed() -> None:
    """Rules alone would send what was read back, the model another value: it is read back once more."""
    text = "yes, only it should be Ada Maria Thorn"
    changed = Proposal("it should be Ada Maria Thorn", "change", "patient_name", "Ada Maria Thorn")
    told = combined([c.Affirm()], [changed], text, READ_BACK, CATALOGUE)
    after, moves = decide(READ_BACK, told, CATALOGUE, ANY_DAY)
    assert after.filled()["patient_name"] == "Ada Maria Thorn"
    assert after.status is ActionStatus.CONFIRMING
    assert not any(isinstance(move, Complete) for move in moves)


@pytest.mark.parametrize(
    ("words", "denies"), [("that's not right", True), ("the bus stops near your door", False), ("agreed", False)]
)
def test_a_no_needs_a_word_that_denies(words: str, denies: bool) -> None:
    """A model's no would take back what the patient has agreed to."""
    told = combined([c.Unclear()], [Proposal(words, "no", "", "")], words, READ_BACK, CATALOGUE)
    assert (c.Deny() in told) is denies


def test_a_value_stands_in_the_words_that_give_it() -> None:
    """The name of somebody else in the message would become the patient's."""
    text = "marlowe finch writes to you; imani cole drives the car"
    for words, named in (("marlowe finch writes to you", False), ("imani cole drives the car", True)):
        given = Proposal(words, "give", "patient_name", "imani cole")
        told = combined([c.Unclear()], [given], text, State(), CATALOGUE)
        assert (c.SetSlot("patient_name", "imani cole") in told) is named


def test_an_action_that_is_not_read_back_is_not_ended_by_a_model() -> None:
    """Where a clinic asks for no yes, the last field sends the form: a model could choose it."""
    quick = Catalogue(
        [replace(one, confirmation=Confirmation(ask=False)) for one in CATALOGUE.actions], CATALOGUE.payers
    )
    state = decide(State(), [c.StartAction("callback")], quick, ANY_DAY)[0]
    given = [
        c.SetSlot("patient_name", "Ada Thorn"),
        c.SetSlot("contact", "703-555-0141"),
        c.SetSlot("reason", "a bill"),
    ]
    state = decide(state, given, quick, ANY_DAY)[0]
    for text in ("do you close on tuesdays?", "why do you even ask, is it for tuesdays only?"):
        own = RulesUnderstanding().understand(text, state, quick)
        assert submits([*own, c.SetSlot("preferred_times", "tuesdays")], state, quick), "nothing was left to send it"
        assert not submits(own, state, quick)
        told = read(text, ("tuesdays", "give", "preferred_times", "tuesdays"), state=state, catalogue=quick)
        assert not submits(told, state, quick)


def test_a_question_that_leans_is_completed_with_earlier_words_only() -> None:
    """The question is looked up in the clinic's papers: a model's own words would find something else."""
    state = State().after(Topic("Do you take Aetna?"))
    told = read("and what of Zenith then", ("what of Zenith", "ask", "", "Do you take Zenith?"), state=state)
    assert c.AskQuestion("Do you take Zenith?") in told or told == rules("and what of Zenith then", state)
    strange = read("and what of Zenith then", ("what of Zenith", "ask", "", "Is Zenith a scam?"), state=state)
    assert not any(isinstance(one, c.AskQuestion) and "scam" in one.text for one in strange)


def test_who_writes_is_heard() -> None:
    """A patient of the clinic who is not recognised would be asked for a referral."""
    text = "hiya, the thursday slot I have with Rob needs to be friday, I'm already a patient"
    told = read(text, ("I'm already a patient", "caller", "existing_patient"))
    assert any(isinstance(one, c.Identify) and one.caller is Caller.EXISTING_PATIENT for one in told)


def test_nothing_certain_is_sent() -> None:
    """A phone number need not leave the house to be a phone number."""
    asked = talk("patient_name")
    for text, state in (("703-555-0129", asked), ("yes", READ_BACK), ("no", READ_BACK), ("thank you!", asked)):
        assert not worth_asking(rules(text, state), text, state, CATALOGUE), text
    assert worth_asking(rules("it is 703-555-0129 after five"), "it is 703-555-0129 after five", asked, CATALOGUE)


def test_an_emergency_s_words_go_to_no_model() -> None:
    """Whoever is in danger is not made into a prompt."""
    guest = Says()
    state = State(emergency=True)
    second_reading(guest, rules("it got worse now"), "it got worse now", state, CATALOGUE)
    assert not guest.asked


def test_the_request_holds_no_value_but_the_message() -> None:
    """What was said before would leave again with every turn."""
    state = READ_BACK.after(Topic("Do you take Aetna?"))
    whole = "".join(part.text for prompt in prompts("one more thing", state, CATALOGUE) for part in prompt.parts)
    assert "one more thing" in whole
    assert "preferred_times" in whole
    for secret in ("Thorn", "0141", "stiff neck", "self pay"):
        assert secret not in whole
    patient = [
        part.text for prompt in prompts("x y z", state, CATALOGUE) for part in prompt.parts if part.source == "patient"
    ]
    assert patient == ["Do you take Aetna?", "x y z"]


def test_the_schema_is_closed_and_names_every_do() -> None:
    """Strict servers refuse an open object."""
    item = SCHEMA.schema["properties"]["commands"]["items"]
    assert item["additionalProperties"] is False
    assert set(item["required"]) == set(item["properties"])
    assert item["properties"]["do"]["enum"] == list(DOINGS)
    assert (
        len(proposals({"commands": [{"words": str(n), "do": "cancel", "on": "", "value": ""} for n in range(99)]}))
        == MOST
    )


@pytest.mark.parametrize("text", ["maybe another day", "who would that be", "703-555-0144 is my work, hm"])
def test_what_was_offered_is_not_taken_for_the_patient(text: str) -> None:
    """A call would be set up because a model said yes."""
    state = State().with_(offered="callback", offered_about="Do you offer cupping?")
    answer = {"commands": [{"words": text, "do": "yes", "on": "", "value": ""}]}
    by_rules = rules(text, state)
    assert not any(isinstance(one, c.Affirm) for one in by_rules)
    assert understood(answer, by_rules, text, state, CATALOGUE) == by_rules


@pytest.mark.parametrize("text", ["the surgeon canceled on me, 703-555-0190", "what if I have to cancel a visit?"])
def test_words_of_an_end_beside_an_answer_or_a_question_end_nothing(text: str) -> None:
    """A model could throw away what the patient gave, because they told of something that was canceled."""
    state = talk("patient_name")
    said = [(text, "cancel"), ("canceled on me" if "canceled" in text else "cancel a visit", "cancel")]
    assert not any(isinstance(one, c.CancelAction) for one in read(text, *said, state=state))
