"""The tree of tried texts: going back loses nothing, and it never grows without end."""

from __future__ import annotations

from llm_widgets.widgets._paths import MAX_NODES, Paths


def text(paths):
    return "".join(node.text for node in paths.here.path())


def test_branches_stay_and_the_same_token_is_the_same_branch():
    paths = Paths([1, 2], "ab")
    first = paths.take(3, "c", -1.0)
    paths.back()
    paths.take(4, "d")
    assert text(paths) == "abd"
    paths.back()
    assert paths.take(3, "c", -2.0) is first
    assert first.log_probability == -2.0
    assert [node.text for node in paths.prompt.children] == ["c", "d"]
    paths.here = paths.find(first.number)
    assert text(paths) == "abc"


def test_going_back_ends_at_the_beginning_and_the_prompt_can_be_left():
    paths = Paths([1, 2], "ab")
    for _ in range(5):
        paths.back()
    assert paths.here is paths.root
    paths.take(1, "a")
    assert paths.here.given, "the prompt's own token"
    paths.take(9, "x")
    assert text(paths) == "ax"
    assert paths.top().text == "a"
    assert Paths([], "").top() is not None


def test_what_is_drawn_begins_where_there_is_something_to_see():
    paths = Paths([1, 2, 3], "abc")
    assert paths.top() is paths.prompt
    paths.take(4, "d")
    assert paths.top() is paths.prompt
    order = [node.text for node in paths.top().descendants()]
    assert order == ["c", "d"]


def test_the_oldest_ends_go_first_and_the_present_text_never():
    paths = Paths([1], "a")
    for token in range(2, MAX_NODES + 300):
        paths.back()
        paths.take(token, "x")
    assert sum(not node.given for node in paths.root.descendants()) <= MAX_NODES
    assert paths.here.token == MAX_NODES + 299
    assert paths.find(2) is None or paths.find(2).token != 3
