"""Price a calculator, a retriever and a unit-test verifier in a toy agent: docs/agentic.md."""

import re

from codelength.agentic.experiments import Arm, Experiment
from codelength.agentic.orders import subsets
from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.conditioned import Conditioned, Documents, Source
from codelength.codecs.context_mixing import ContextMixing
from codelength.codecs.observers import Observer
from codelength.codecs.seeded import Replayable, Seeded
from codelength.corpora.instances import Condition, Corpus, Instance

NOTES = {b"author of Emma? ": b"Jane Austen ", b"area of Ruritania? ": b"811*964 "}
TASKS = {b"123*457=? ": b"56211", b"350*777=? ": b"271950", b"author of Emma? ": b"Jane Austen",
         b"area of Ruritania? ": b"781804", b"f(2)==4 and f(3)==9? ": b"x*x",
         b"f(1)==3 and f(4)==12? ": b"x+x+x"}  # fmt: skip
GUESSES = (b"x", b"x+1", b"2*x", b"x**2", b"3*x", b"x-1", b"x**3", b"-x")


class Calculator(Source):  # a tool: what it finds is read before the question
    name = "calculator"

    def text(self, given: bytes) -> bytes:
        found = re.search(rb"(\d+)\*(\d+)", given)
        return b"%d " % (int(found[1]) * int(found[2])) + given if found else given


class UnitTests(Observer):  # a verifier: any function that passes will do
    name = "unit tests, else exact"

    def accepts(self, instance: Instance, reconstruction: bytes) -> bool:
        if not instance.given.text.startswith(b"f("):
            return reconstruction == instance.target
        f = eval("lambda x: " + reconstruction.decode())
        return bool(eval(instance.given.text.decode().rstrip("? "), {"f": f}))


class Guesser(Replayable):  # a generator that is run again with the seed in the message
    def run(self, latent: bytes, seed: int, given: Condition) -> bytes:
        return GUESSES[seed % len(GUESSES)]

    def protocol(self):
        return {"system": "guesses", "version": 1}


class Tasks(Corpus):
    name, unit = "toy", "answer"

    def describe(self):
        return {"tasks": [(question + answer).decode() for question, answer in TASKS.items()]}

    def __iter__(self):
        return (Instance(q.decode(), a, Condition(text=q), units=1) for q, a in TASKS.items())

    def __len__(self):
        return len(TASKS)


class Toy(Experiment):
    name, observer, budgets = "toy", UnitTests(), {"seeds": 8}
    arms = tuple(
        Arm("+".join(sorted(some)) or "none", "", some)
        for some in subsets(["calculator", "retriever", "tests"])
    )

    def corpus(self, settings):
        return Tasks()

    def system(self, arm, model, budget):
        codec = Fallback(ContextMixing(), Raw())
        if "calculator" in arm.components:
            codec = Conditioned(codec, Calculator())
        if "retriever" in arm.components:
            codec = Conditioned(codec, Documents("notes", NOTES))
        if "tests" in arm.components:
            codec = Fallback(Seeded(Guesser(), UnitTests(), budget["seeds"]), codec)
        return codec
