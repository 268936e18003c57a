"""Which interleaved streams to take off a target, and what could be found behind them."""
