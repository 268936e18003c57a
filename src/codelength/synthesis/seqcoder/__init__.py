"""SeqCoder: language models that write KT's programs, trained on sampled pairs (KT, section 5)."""
