"""A tokenizer that came with a model: what it reads, and the very signs that no text can contain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_widgets.i18n import t
from llm_widgets.models.checks import shown
from llm_widgets.models.pretrained import chat as chatml
from llm_widgets.models.pretrained.errors import ModelError
from llm_widgets.tokenizers import Encoding, units
from llm_widgets.tokenizers.byte_pieces import byte_of, from_library, readable
from llm_widgets.tokenizers.encoding import checked_ids

# What each part is called in one family or another, the likeliest first.
_ROLES = {
    "pad": ("[PAD]", "<pad>"),
    "unknown": ("[UNK]", "<unk>"),
    "end": ("</s>", "<|endoftext|>", "<|im_end|>", "<|end_of_text|>", "[SEP]"),
    "mask": ("[MASK]", "<mask>"),
}
_CONTINUES = "##"  # how BERT marks a piece that goes on with the word


class PretrainedTokenizer:
    """Cuts text as a model learned it, without ever finding a special token in what a learner writes.

    Args:
        text: a `tokenizer.json` of the `tokenizers` library.
        size: how many ids the model has; the tokenizer may know fewer.
        ids: "pad", "unknown", "end", "mask" where they are known; the others are found by their usual names.
        chat: how a conversation is written, {} where the model holds none; see `chat_ids`.

    Raises:
        ModelError: the text is no tokenizer, or it has more ids than the model.

    Example:
        >>> tokenizer = load("smollm2").tokenizer  # doctest: +SKIP
        >>> tokenizer.encode("Hello you").tokens  # doctest: +SKIP
        ('Hello', ' you')
    """

    def __init__(
        self, text: str, *, size: int, ids: Mapping[str, int] | None = None, chat: Mapping[str, str] | None = None
    ) -> None:
        from tokenizers import Tokenizer as Library

        try:
            data = json.loads(text)
            special = {int(one["id"]): str(one["content"]) for one in data["added_tokens"] if one["special"]}
            library = Library.from_str(json.dumps(_without_special(data, special)))
        # The library raises Exception itself.
        except Exception as error:
            raise ModelError(t("This is no tokenizer. Received: {reason}", reason=shown(str(error)))) from error
        self._library = library
        self._special = special
        self._pieces = self._readable_pieces(size)
        found = {piece: number for number, piece in special.items()}
        named = {role: next((found[name] for name in names if name in found), None) for role, names in _ROLES.items()}
        self.ids_by_role = {role: number for role, number in {**named, **(ids or {})}.items() if number is not None}
        self.END_ID = self.ids_by_role.get("end", 0)
        self.PAD_ID = self.ids_by_role.get("pad", self.END_ID)
        self.UNKNOWN_ID = self.ids_by_role.get("unknown", self.END_ID)
        self.MASK_ID = self.ids_by_role.get("mask")
        self.chat = dict(chat or {})

    def _readable_pieces(self, size: int) -> tuple[str, ...]:
        known = {number: piece for piece, number in self._library.get_vocab().items()} | self._special
        highest = max(known, default=0)
        if highest >= size:
            raise ModelError(
                t(
                    "The tokenizer has more ids than the model. Received: id {id} for {size} ids",
                    id=highest,
                    size=size,
                )
            )
        return tuple(known.get(number, f"<{number}>") for number in range(size))

    @property
    def vocabulary_size(self) -> int:
        """How many ids the model has."""
        return len(self._pieces)

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """What each id stands for, as a reader sees it."""
        return tuple(self.piece(number) for number in range(len(self._pieces)))

    @property
    def special_ids(self) -> tuple[int, ...]:
        """The ids that no text can contain."""
        return tuple(sorted(self._special))

    def piece(self, number: int) -> str:
        """What one id stands for, as a reader sees it: with the space before it, bytes of a part of a character as
        "<E4 BD>".
        """
        piece = self._pieces[number]
        if number in self._special:
            return piece
        if self._of_bytes and all(sign in byte_of() for sign in piece):
            return readable(from_library(piece))
        return piece.replace("▁", " ")

    @property
    def _of_bytes(self) -> bool:
        return type(self._library.decoder).__name__ == "ByteLevel"

    def ids(self, text: str) -> NDArray[np.int32]:
        """The ids of a text with what the model expects around it ([CLS] and [SEP] for BERT), int32 [N].

        Raises:
            ValueError: the text is longer than `units.MAX_CHARACTERS`. TypeError: this is no text.
        """
        return np.array(self._library.encode(units.prepare(text)).ids, np.int32)

    def encode(self, text: str) -> Encoding:
        """The same ids, with the pieces and places that they stand for. A piece that goes on with a word of BERT's
        begins with "##"; what the model expects around the text has a place of no length.

        Raises:
            ValueError: the text is longer than `units.MAX_CHARACTERS`. TypeError: this is no text.
        """
        found = self._library.encode(units.prepare(text))
        last = len(text)
        offsets: list[tuple[int, int]] = []
        tokens: list[str] = []
        for number, name, (start, end) in zip(found.ids, found.tokens, found.offsets, strict=True):
            if number in self._special and start == end:  # around the text: where it begins, or where it ends
                start = end = last if tokens else 0
            offsets.append((start, end))
            tokens.append(self._token(number, name, text[start:end]))
        known = tuple(number != self.UNKNOWN_ID or number not in self._special for number in found.ids)
        return Encoding(ids=tuple(found.ids), tokens=tuple(tokens), known=known, offsets=tuple(offsets))

    def _token(self, number: int, name: str, written: str) -> str:
        if number in self._special:
            return written or self._pieces[number]  # a word that the vocabulary lacks, or a sign around the text
        if self._of_bytes or "▁" in name:
            return self.piece(number)
        return _CONTINUES + written if name.startswith(_CONTINUES) and written else written or name

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids, without special tokens; bytes that are no character read "\\ufffd".

        Raises:
            ValueError: an id is not in the vocabulary.
        """
        numbers = [number for number in checked_ids(ids, len(self._pieces)) if number not in self._special]
        return str(self._library.decode(numbers, skip_special_tokens=False))

    @property
    def chats(self) -> bool:
        """Whether the model holds conversations: `chat_ids` writes them."""
        return self.chat.get("format") == "chatml" and {chatml.START, chatml.END} <= set(self._special.values())

    @property
    def writes_end(self) -> bool:
        """Whether the model has learned to end what it writes, and may: it answers, and then no more."""
        return self.chats

    def chat_ids(self, messages: Sequence[Mapping[str, str]], *, answer: bool = True) -> NDArray[np.int32]:
        """A conversation as the model learned to read it, int32 [N].

        What stands in a message is read as text: "<|im_end|>" in it ends nothing.

        Args:
            messages: dictionaries of "role" ("system", "user" or "assistant") and "content". Without a system message
                in front the model's own is put there.
            answer: the model's turn is opened at the end.

        Raises:
            ValueError: the model holds no conversations, or a message is of another form.

        Example:
            >>> tokenizer.chat_ids([{"role": "user", "content": "Who are you?"}])  # doctest: +SKIP
        """
        if not self.chats:
            raise ValueError(
                t(
                    "This model holds no conversations: it has not learned the signs for them. Received: {tokenizer}",
                    tokenizer=self,
                )
            )
        named = {piece: number for number, piece in self._special.items()}
        start, end = named[chatml.START], named[chatml.END]
        turns = [_checked_turn(message) for message in messages]
        if self.chat.get("system") and (not turns or turns[0][0] != "system"):
            turns.insert(0, ("system", self.chat["system"]))
        ids: list[int] = []
        for role, content in turns:
            ids += [start, *self._inside(f"{role}\n{content}"), end, *self._inside("\n")]
        if answer:
            ids += [start, *self._inside("assistant\n")]
        return np.array(ids, np.int32)

    def _inside(self, text: str) -> list[int]:
        return list(self._library.encode(units.prepare(text), add_special_tokens=False).ids)

    def __repr__(self) -> str:
        return f"PretrainedTokenizer(vocabulary_size={self.vocabulary_size})"


def _checked_turn(message: Any) -> tuple[str, str]:
    role, content = (message.get("role"), message.get("content")) if isinstance(message, Mapping) else (None, None)
    if role in chatml.ROLES and isinstance(content, str):
        return str(role), content
    raise ValueError(
        t(
            "A message has a role ({roles}) and a content, which is text. Received: {message}",
            roles=", ".join(chatml.ROLES),
            message=shown(message),
        )
    )


def _without_special(data: dict[str, Any], special: Mapping[int, str]) -> dict[str, Any]:
    """A tokenizer that cannot find the special tokens in a text, but puts those around it that belong there.

    Cutting and filling up are ours. Pieces with a space in them are found in no text, since each kind of tokenizer
    takes spaces away or writes them otherwise first: so the special ones get one.
    """
    data = {**data, "truncation": None, "padding": None}
    data["added_tokens"] = [one for one in data["added_tokens"] if not one["special"]]
    model = dict(data["model"])
    names, keep = set(special.values()), model.get("unk_token")

    def hidden(piece: str) -> str:
        return f" {piece}" if piece in names and piece != keep else piece

    if isinstance(model["vocab"], dict):
        model["vocab"] = {hidden(piece): number for piece, number in model["vocab"].items()}
    else:  # Unigram: pieces with their scores
        model["vocab"] = [[hidden(piece), score] for piece, score in model["vocab"]]
    return {**data, "model": model}
