"""KT's language: operations, syntax, interpreter, priors, sampler (KT, section 3.3 and A.2)."""
