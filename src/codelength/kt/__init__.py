"""The KoLMogorov Test: its metrics, its grid of runs, its table."""
