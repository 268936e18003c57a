"""A language model of a few thousand random weights, for tests that need no meaning."""

from pathlib import Path

TEXT = "output = [1, 2, 3] # the program that generates the sequence is: 0123456789 for x in range"
TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def save(folder: Path, template: str | None = TEMPLATE, end: int | None = None, seed: int = 0):
    """Write the model and its tokenizer; `end`: the token that ends an answer."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    special = ["<end>"]
    raw.train_from_iterator(
        [TEXT] * 4, trainers.BpeTrainer(vocab_size=300, special_tokens=special,
                                        initial_alphabet=letters, show_progress=False)
    )  # fmt: skip
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<end>")
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096,
        eos_token_id=tokenizer.eos_token_id if end is None else end, bos_token_id=None,
        initializer_range=0.3,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        LlamaForCausalLM(config).save_pretrained(folder)
