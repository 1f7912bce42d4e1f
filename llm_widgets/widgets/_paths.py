"""The texts that were tried: a tree of tokens, in which one place is where one is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MAX_NODES = 600  # tokens that are kept; the oldest ends of branches go first


class Node:
    """One token of a text.

    Args:
        number: counts the nodes of a tree.
        parent: the token before; None for the beginning.
        token: its id; -1 for the beginning, which is none.
        text: as a reader sees it.
        log_probability: what the model gave it after those before it, in nats; None where that was not asked.
        given: it belongs to the prompt.
    """

    __slots__ = ("children", "given", "log_probability", "number", "parent", "text", "token")

    def __init__(
        self,
        number: int,
        parent: Node | None,
        token: int,
        text: str,
        log_probability: float | None = None,
        given: bool = False,
    ) -> None:
        self.number, self.parent, self.token, self.text = number, parent, token, text
        self.log_probability, self.given = log_probability, given
        self.children: list[Node] = []

    def path(self) -> list[Node]:
        """The tokens from the first to this one, without the beginning."""
        found: list[Node] = []
        node: Node | None = self
        while node is not None and node.parent is not None:
            found.append(node)
            node = node.parent
        return found[::-1]

    def descendants(self) -> Iterator[Node]:
        """This one and all after it; each before its children."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


class Paths:
    """A prompt, and the branches that were taken after it.

    Args:
        ids, texts: the prompt's tokens.

    Example:
        >>> paths = Paths([5, 7], ["a", "b"])
        >>> first = paths.take(8, "c")
        >>> paths.back()
        >>> second = paths.take(9, "d")
        >>> [node.text for node in paths.here.path()], len(first.parent.children)
        (['a', 'b', 'd'], 2)
    """

    def __init__(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        self._count = 0
        self.root = self._new(None, -1, "", None, True)
        self.here = self.root
        for token, text in zip(ids, texts, strict=True):
            self.here = self._new(self.here, token, text, None, True)
        self.prompt = self.here

    def take(self, token: int, text: str, log_probability: float | None = None) -> Node:
        """Goes on with a token, on the branch that has it or a new one."""
        for child in self.here.children:
            if child.token == token:
                break
        else:
            child = self._new(self.here, token, text, log_probability, False)
        if not child.given:
            child.log_probability = log_probability
        self.here = child
        self._thin()
        return child

    def back(self) -> None:
        """To the token before; at the beginning nothing happens."""
        self.here = self.here.parent or self.here

    def find(self, number: int) -> Node | None:
        """The node of this number, if it is still there."""
        return next((node for node in self.root.descendants() if node.number == number), None)

    def top(self) -> Node:
        """The first node worth drawing: up to it there is nothing but the prompt."""
        node = self.root
        while node is not self.here and len(node.children) == 1 and node.children[0].given:
            node = node.children[0]
        return node

    def _new(self, parent: Node | None, token: int, text: str, log_probability: float | None, given: bool) -> Node:
        node = Node(self._count, parent, token, text, log_probability, given)
        self._count += 1
        if parent is not None:
            parent.children.append(node)
        return node

    def _thin(self) -> None:
        written = [node for node in self.root.descendants() if not node.given]
        if len(written) <= MAX_NODES:
            return
        kept = {node.number for node in self.here.path()}
        for node in sorted(written, key=lambda node: node.number):
            if not node.children and node.number not in kept and node.parent is not None:
                node.parent.children.remove(node)
                return
