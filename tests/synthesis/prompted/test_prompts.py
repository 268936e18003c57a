"""KT's prompts are as the paper prints them, and what stands in an answer is found."""

import pytest

from codelength.errors import InputError
from codelength.synthesis.prompted.answers import program_in, without_thinking
from codelength.synthesis.prompted.prompts import Shot, prompt, repair, sequence_in

TARGET = bytes([7, 0, 255])


def test_the_zero_shot_prompt_is_figure_9():
    system, user = prompt(TARGET)
    assert (system.role, user.role) == ("system", "user")
    assert system.text.startswith("Generate a Python program that, when executed, reproduces")
    lines = user.text.split("\n")
    assert lines[0] == "Instructions:"
    assert [line[:30] for line in lines if line.startswith("- ")] == [
        "- Write a multi-line Python pr",
        "- These variables and function",
        "- Identify and utilize pattern",
        "- Assign the final output of t",
        "- Do not include print stateme",
        "- Ensure that the generated co",
        "- Do not include the python co",
        "- End your response with ###.",
    ]
    assert "### Input Sequence:\n[7, 0, 255]\n" in user.text
    assert user.text.endswith("The Python program that generates the sequence is:")


def test_chain_of_thought_adds_one_instruction():
    plain, thought = prompt(TARGET)[1].text, prompt(TARGET, "cot")[1].text
    (added,) = set(thought.split("\n")) - set(plain.split("\n"))
    assert added.startswith("- Before the program, you can use the Thought field")
    assert thought.replace(added + "\n", "") == plain


def test_shots_are_turns_before_the_question():
    turns = prompt(TARGET, shots=[Shot(bytes([1]), "output = [1]")])
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "user"]
    assert turns[2].text == "output = [1]\n###"
    assert sequence_in(turns[-1].text) == [7, 0, 255]


def test_a_repair_keeps_the_conversation():
    turns = repair(prompt(TARGET), "output = [7]", "Its output ends after 1 of 3 values.")
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "user"]
    assert "ends after 1 of 3" in turns[-1].text


def test_another_prompt_is_refused():
    with pytest.raises(InputError, match="there are zero-shot, cot"):
        prompt(TARGET, "two-shot")


@pytest.mark.parametrize("target", [b"", b"\0", bytes(range(256))])
def test_the_sequence_is_found_in_its_prompt(target):
    assert sequence_in(prompt(target)[-1].text) == list(target)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("### Input Sequence: 1, 2, 3\n### Expected", [1, 2, 3]),
        ("Input Sequence:\n[1,2]\nInput Sequence:\n[3]", [3]),
        ("no sequence here [1, 2]", None),
    ],
)
def test_sequences_in_other_prompts(text, values):
    assert sequence_in(text) == values


SAYS = "The Python program that generates the sequence is:"


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("output = [1]\n###", "output = [1]"),
        ("output = [1]", "output = [1]"),
        (f"{SAYS}\noutput = [1]\n### Done.", "output = [1]"),
        (f"Thought: runs.\n{SAYS} output = [1] ###", "output = [1]"),
        (f"{SAYS} a = 1\noutput = [a] ###", "a = 1\noutput = [a]"),
        (f"{SAYS}\noutput = [0]\n###\nBetter. {SAYS}\noutput = [1]\n###", "output = [1]"),
        ("```python\noutput = [1]\n```\nIt repeats.", "output = [1]"),
        ("Here it is:\n```\na = 1\noutput = [a]\n```", "a = 1\noutput = [a]"),
        ("~~~py\noutput = [1]\n~~~", "output = [1]"),
        ("```python\noutput = [1]", "output = [1]"),
        ("<think>output = [0] ###</think>\noutput = [1]\n###", "output = [1]"),
        (f"<think>{SAYS}\noutput = [0]\n###</think>output = [1]", "output = [1]"),
        ("<think>output = [0]", None),
        ("<thinking>x</thinking>", None),
        ("I try output = [0] ### no\n</think>\n\noutput = [1]\n###", "output = [1]"),
        (
            "<|channel|>analysis<|message|>output = [0]<|channel|>final<|message|>output = [1]",
            "output = [1]",
        ),
        ("<THINK>output = [0]</THINK>output = [1]", "output = [1]"),
        (
            f"output = [1]\n###\n\n### Input Sequence:\n[7]\n\n{SAYS}\noutput = [7]\n###",
            "output = [1]",
        ),
        (f"```python\n# {SAYS}\noutput = [1]\n```", "output = [1]"),
        (f"output = [1]\n###\nThe program {SAYS} short.", "short."),
        (f"{SAYS}\noutput = [1]\n###\nIndeed it {SAYS} short.", "output = [1]"),
        (f"**{SAYS}**\n\noutput = [1]", "output = [1]"),
        ("### Expected Output:\noutput = [1]\n###", "output = [1]"),
        ("```\nx = 1\n```\nor\n```\noutput = [1]\n```", "output = [1]"),
        ("output = ['\ud800']", "output = ['?']"),
        ("", None),
        ("\n \n###", None),
        ("def f():\n    return [1]\noutput = f()", "def f():\n    return [1]\noutput = f()"),
        ("    output = [1]\n    x = 2", "output = [1]\nx = 2"),
    ],
)
def test_the_program_is_found_in_an_answer(text, program):
    assert program_in(text) == program


def test_what_stands_outside_thinking_is_kept():
    assert without_thinking("a<think>b</think>c<reasoning>d</reasoning>e") == "ace"
