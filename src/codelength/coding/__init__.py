"""What a bit is: bits, the arithmetic coder, frequency tables, integer codes, the message file."""
