"""An agent of Inspect's, priced through its scorer by seed coding, with a fallback."""

import json

import pytest

from codelength import measure
from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.seeded import Seeded
from codelength.corpora.instances import Condition, Corpus, Instance
from codelength.errors import InputError
from codelength.runs.verify import verify_run
from tests.needs import INSPECT

pytestmark = INSPECT
QUESTIONS = {"2+2?": "4", "3+4?": "7", "9+9?": "18"}


class Sums(Corpus):
    name, unit = "sums", "answer"

    def describe(self):
        return {"questions": [*QUESTIONS]}

    def __iter__(self):
        return (Instance(q, a.encode(), Condition(text=q.encode()), units=1)
                for q, a in QUESTIONS.items())  # fmt: skip

    def __len__(self):
        return len(QUESTIONS)


@pytest.fixture(scope="module")
def made():
    pytest.importorskip("inspect_ai")
    from inspect_ai.model import GenerateConfig, ModelAPI, ModelOutput, modelapi
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate

    from codelength.agentic.inspect_agent import InspectAgent, InspectVerifier

    @modelapi(name="counting")
    class Counting(ModelAPI):
        """Answers with its seed: 4 on the fifth try, and never as much as 18."""

        async def generate(self, input, tools, tool_choice, config: GenerateConfig):
            if "9+9" in input[-1].text and config.seed == 7:
                return ModelOutput.from_content("counting", "no idea")
            return ModelOutput.from_content("counting", f"it is {config.seed}")

    agent = InspectAgent("counting", generate(), "counting/any", temperature=1.0)
    return agent, InspectVerifier("includes", includes())


def test_an_answer_that_a_try_gives_costs_its_rank(made, tmp_path, monkeypatch):
    agent, verifier = made
    codec = Fallback(Seeded(agent, verifier, 8), Raw())
    run = measure(codec, Sums(), tmp_path / "run", name="raw")
    assert [row.coded_bits for row in run.rows()][:2] == [4, 4]
    assert run.rows()[2].coded_bits == 1 + len(Raw().encode(b"18"))
    assert [row.reconstruction for row in run.rows()] == [b"it is 4", b"it is 7", None]
    assert all(row.verified for row in run.rows())
    monkeypatch.setattr("codelength.runs.verify.build_codec", lambda name: codec)
    assert verify_run(tmp_path / "run").messages == 3


def test_the_protocol_names_model_settings_library_and_scorer(made):
    agent, verifier = made
    said = json.dumps(Seeded(agent, verifier, 8).protocol())
    for part in ("counting/any", "temperature", "inspect-ai", "includes"):
        assert part in said


def test_an_agent_that_fails_says_why(made):
    from inspect_ai.solver import solver

    from codelength.agentic.inspect_agent import InspectAgent

    @solver
    def broken():
        async def solve(state, generate):
            raise ValueError("no way")

        return solve

    agent = InspectAgent("broken", broken(), "counting/any")
    with pytest.raises(InputError, match="no way"):
        agent.run(b"", 0, Condition(text=b"?"))
