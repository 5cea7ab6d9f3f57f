"""Rasa tokenizer: words of the normalised text, at their places in what was typed."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.normaliser import normalised_of
from bot.components.segmenter import words_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ChineseTokenizer(Tokenizer):
    """spaCy's blank ``zh`` with jieba's segmenter.

    A token's text is normalised (simplified, half-width); its start and end index the typed text, so that
    ``typed[token.start:token.end]`` is what the customer wrote for it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own keys; intents are never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The attribute's words; [] when there is nothing but blanks."""
        text = message.get(attribute)
        if attribute != TEXT:
            return [Token(word.text, word.start) for word in words_of(text)]
        normalised = normalised_of(message)
        tokens = []
        for word in words_of(normalised.text):
            start, end = normalised.span(word.start, word.end)
            tokens.append(Token(word.text, start, end))
        return tokens
