"""click, in the user's language: texts are translated when they are shown, so that `--lang zh --help` is Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import click

from llm_widgets.i18n import LANGUAGES, N_, set_language, t

_Function = TypeVar("_Function", bound=Callable[..., Any])


class UserError(click.ClickException):
    """Something that the user can put right: its message is shown, and no traceback."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def columns(text: str) -> int:
    """How many columns of a terminal the text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int) -> list[str]:
    """Lines no wider than `width` columns, broken between words, or between Chinese characters."""
    lines = [""]
    for piece in _pieces(" ".join(text.split())):
        glue = "" if not lines[-1] or piece[0] != " " else " "
        word = piece.strip()
        if lines[-1] and columns(lines[-1] + glue + word) > width and word not in _NEVER_FIRST:
            lines.append(word)
        else:
            lines[-1] += glue + word
    return lines


_NEVER_FIRST = set("，。；：、！？）》”")


def _pieces(text: str) -> Iterator[str]:
    """What a line may be broken between; a piece that follows a space begins with it."""
    piece = ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if piece and (wide or character == " " or unicodedata.east_asian_width(piece[-1]) in "WF"):
            yield piece
            piece = ""
        piece += character
    if piece.strip():
        yield piece


class Formatter(click.HelpFormatter):
    """click's layout, with lines measured in columns."""

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            for line in wrap(paragraph, self.width - self.current_indent):
                self.write(f"{indent}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        indent = " " * self.current_indent
        first = min(max((columns(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, text in rows:
            self.write(f"{indent}{name}")
            used = columns(name)
            if used > first - col_spacing:
                self.write("\n")
                used = -self.current_indent
            gap = first - used if used >= 0 else first + self.current_indent
            lines = wrap(text, max(20, self.width - self.current_indent - first)) or [""]
            self.write(" " * gap + f"\n{indent}{' ' * first}".join(lines) + "\n")


class _Context(click.Context):
    formatter_class = Formatter


class Option(click.Option):
    """An option whose help is translated when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        english, self.help = self.help, t(self.help) if self.help else self.help
        try:
            record = super().get_help_record(ctx)
        finally:
            self.help = english
        if record is None:
            return None
        return record[0], record[1].replace("[default: ", "[" + t("default: "))


class _Localized(click.Command):
    context_class = _Context

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=t("Usage:") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write("\n")
        if self.help:
            with formatter.indentation():
                formatter.write_text(t(self.help))

    def get_short_help_str(self, limit: int = 100) -> str:
        return t(self.short_help) if self.short_help else ""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [r for p in options if (r := p.get_help_record(ctx))]
        if records:
            with formatter.section(t("Options")):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = t("Show this help and exit.")
        return option


class Command(_Localized):
    """A command whose help is translated when it is shown."""


class Group(_Localized, click.Group):
    """A group of commands whose help is translated when it is shown."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        rows = [(n, c.get_short_help_str()) for n in self.list_commands(ctx) if (c := self.get_command(ctx, n))]
        with formatter.section(t("Commands")):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order in which one meets them


def option(*names: str, **attributes: Any) -> Callable[[_Function], _Function]:
    """`click.option`, translated."""
    return click.option(*names, cls=Option, **attributes)


def _choose_language(_: click.Context, __: click.Parameter, value: str | None) -> None:
    if value is not None:
        set_language(value)


def language_option(function: _Function) -> _Function:
    """`--lang en|zh`, on every command."""
    return option(
        "--lang",
        type=click.Choice(LANGUAGES),
        is_eager=True,
        expose_value=False,
        callback=_choose_language,
        help=N_("The language of messages and chapters (else LLM_WIDGETS_LANG, else the system's)."),
    )(function)
