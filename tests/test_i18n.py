from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from llm_widgets import i18n


@pytest.fixture
def own_catalogue(tmp_path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """A catalogue of this test's own: what is in the real one may change."""

    def make(**messages: str) -> None:
        catalogue = Catalog(locale="zh")
        for english, chinese in messages.items():
            catalogue.add(english, chinese)
        path = tmp_path / "zh" / "LC_MESSAGES" / "llm_widgets.po"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_po(file, catalogue)
        monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
        i18n.catalogue.cache_clear()

    yield make
    i18n.catalogue.cache_clear()


def test_a_message_is_said_in_the_language_in_use(own_catalogue) -> None:  # type: ignore[no-untyped-def]
    own_catalogue(Train="训练", **{"Batch {i} of {n}": "第 {i} 批，共 {n} 批"})
    assert i18n.t("Batch {i} of {n}", i=3, n=9) == "Batch 3 of 9"
    i18n.set_language("zh")
    assert i18n.t("Batch {i} of {n}", i=3, n=9) == "第 3 批，共 9 批"
    assert i18n.t("Train") == "训练"


def test_what_has_no_translation_is_said_in_english(own_catalogue) -> None:  # type: ignore[no-untyped-def]
    own_catalogue(Train="训练", Empty="")
    i18n.set_language("zh")
    assert i18n.t("Stop {n}", n=1) == "Stop 1"
    assert i18n.t("Empty") == "Empty"


def test_a_value_is_never_read_as_a_pattern(own_catalogue) -> None:  # type: ignore[no-untyped-def]
    own_catalogue()
    assert i18n.t("You wrote {text}", text="{n} {0.__class__}") == "You wrote {n} {0.__class__}"
    assert i18n.t("A brace { alone") == "A brace { alone"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LLM_WIDGETS_LANG": "zh", "LC_ALL": "en_GB.UTF-8"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh-Hans"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN"}, "en"),
        ({"LANG": "fr_FR"}, "en"),
        ({"LLM_WIDGETS_LANG": "", "LANG": "ZH_cn"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_environment_gives_the_first_language(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "_language", None)
    for name in ("LLM_WIDGETS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert i18n.get_language() == language


def test_a_language_without_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match=r"en, zh.*Received: language='fr'"):
        i18n.set_language("fr")
    assert i18n.get_language() == "en"


def test_listeners_hear_each_change_until_they_leave() -> None:
    heard: list[str] = []
    leave = i18n.on_language_change(heard.append)
    i18n.set_language("zh")
    leave()
    leave()  # Leaving twice is no error.
    i18n.set_language("en")
    assert heard == ["zh"]


def test_a_listener_that_fails_does_not_silence_the_others() -> None:
    heard: list[str] = []

    def fail(language: str) -> None:
        raise RuntimeError("closed")

    leave = [i18n.on_language_change(listener) for listener in (fail, heard.append)]
    i18n.set_language("zh")
    for go in leave:
        go()
    assert heard == ["zh"]


def test_listeners_may_come_and_go_from_other_threads() -> None:
    stop = threading.Event()
    errors: list[Exception] = []

    def come_and_go() -> None:
        while not stop.is_set():
            try:
                i18n.on_language_change(lambda language: None)()
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=come_and_go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for i in range(200):
        i18n.set_language(i18n.LANGUAGES[i % 2])
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []


def test_english_needs_no_catalogue_and_loads_none() -> None:
    code = "import sys, llm_widgets.i18n as i; i.set_language('en'); i.t('Train'); print('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_the_real_catalogue_is_read() -> None:
    assert len(i18n.catalogue("zh")) > 50
    assert i18n.catalogue("en") == {}
