"""The same bits with numba's compiler switched off."""

import os
import subprocess
import sys

from codelength.dsl import pairs
from codelength.dsl.priors import ExactPrior

SCRIPT = """
from codelength.dsl import sampler
sampler.BLOCK = 12
from codelength.coding.bits import BitReader
from codelength.dsl import pairs
from codelength.dsl.priors import ExactPrior
for pair in pairs.sample(8, 10):
    message = ExactPrior().encode(pair.program)
    assert ExactPrior().read(BitReader.over(message)) == pair.program
    print(pair.sequence.hex(), pair.exact_bits, message)
"""


def test_sampler_and_exact_prior_do_not_depend_on_the_compiler():
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    prior = ExactPrior()
    expected = [
        f"{pair.sequence.hex()} {pair.exact_bits} {prior.encode(pair.program)}"
        for pair in pairs.sample(8, 10)
    ]
    assert done.stdout.splitlines() == expected
