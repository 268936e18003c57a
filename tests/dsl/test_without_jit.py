"""The same bits with numba's compiler switched off."""

import os
import subprocess
import sys

from codelength.dsl import pairs
from codelength.dsl.priors import ExactPrior
from codelength.dsl.priors.fitted import FittedPrior

SCRIPT = """
from codelength.dsl import sampler
sampler.BLOCK = 12
from codelength.coding.bits import BitReader
from codelength.dsl import pairs
from codelength.dsl.priors import prior
for pair in pairs.sample(8, 10):
    messages = [prior(name).encode(pair.program) for name in ("exact", "fitted")]
    for name, message in zip(("exact", "fitted"), messages):
        assert prior(name).read(BitReader.over(message)) == pair.program
    print(pair.sequence.hex(), pair.exact_bits, *messages)
"""


def test_the_sampler_and_the_codes_of_programs_do_not_depend_on_the_compiler():
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    exact, fitted = ExactPrior(), FittedPrior()
    expected = [
        f"{pair.sequence.hex()} {pair.exact_bits}"
        f" {exact.encode(pair.program)} {fitted.encode(pair.program)}"
        for pair in pairs.sample(8, 10)
    ]
    assert done.stdout.splitlines() == expected
