"""TrendRadar's keyword file `frequency_words.txt` (T3), as of v6.0.0 (2026-02), as watch rules.

Groups stand between empty lines: words of which one must occur, `+word` that must, `!word` that
must not, `@5` (how many to show), `/regex/`, `word => shown name`, and `[name of the group]` in the
first line. `[GLOBAL_FILTER]` opens words that rule out everything, `[WORD_GROUPS]` the groups
again. Despite its manual the tool applies every `!` to all groups; `everywhere` does the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawlers.importers.trend_regex import TooHardError, any_of, quoted, to_rule

SECTION = re.compile(r"\[(.+)\]")
REGEX = re.compile(r"/(.+)/[a-z]*")
SECTIONS = {"GLOBAL_FILTER", "WORD_GROUPS"}
MAX_NAME = 60  # shown in messages


@dataclass(frozen=True, slots=True)
class WatchDraft:
    """One rule for `watch:` in the configuration."""

    name: str
    rule: str


@dataclass(slots=True)
class Drafts:
    """What became of a keyword file."""

    rules: list[WatchDraft] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What has no counterpart, in Chinese."""


@dataclass(slots=True)
class _Group:
    alias: str = ""
    names: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)
    banned: list[str] = field(default_factory=list)


def read_keywords(text: str, *, everywhere: bool = True) -> Drafts:
    """Return the groups of a keyword file as rules, with what could not be said."""
    drafts = Drafts()
    groups, banned = _groups(text, drafts)
    banned += [word for group in groups for word in group.banned] if everywhere else []
    for group in groups:
        if group.wanted or group.needed:
            own = [] if everywhere else group.banned
            _add(drafts, group, list(dict.fromkeys([*banned, *own])))
        elif not everywhere and group.banned:
            drafts.warnings.append(f"只有排除词的一组（{'、'.join(group.banned)}）没有用处，略去了")
    return drafts


def _groups(text: str, drafts: Drafts) -> tuple[list[_Group], list[str]]:
    """Read the groups, and the words of [GLOBAL_FILTER]."""
    groups: list[_Group] = []
    banned: list[str] = []
    section = "WORD_GROUPS"
    for block in _blocks(text):
        opened = SECTION.fullmatch(block[0])
        opens = opened is not None and opened[1].upper() in SECTIONS
        section = opened[1].upper() if opened and opens else section
        lines = block[1:] if opens else block
        if section == "GLOBAL_FILTER":
            plain = [line for line in lines if line[0] not in "!+@"]  # the tool skips those there
            banned += [rule for line in plain if (rule := _word(line, drafts)[0])]
        elif lines:
            groups.append(_group(lines, drafts))
    return groups, banned


def _blocks(text: str) -> Iterator[list[str]]:
    for block in text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in block.split("\n")]
        if kept := [line for line in lines if line and not line.startswith("#")]:
            yield kept


def _group(lines: list[str], drafts: Drafts) -> _Group:
    named = SECTION.fullmatch(lines[0])
    group = _Group(named[1].strip() if named else "")
    for line in lines[1:] if named else lines:
        mark, word = (line[0], line[1:]) if line[0] in "@!+" else ("", line)
        if mark == "@":
            said = f"「{line}」限制显示条数，监看规则没有这个意思，略去了"
            drafts.warnings += [] if said in drafts.warnings else [said]
            continue
        rule, name = _word(word, drafts)
        if rule:
            {"!": group.banned, "+": group.needed, "": group.wanted}[mark].append(rule)
        if mark != "!":
            group.names.append(name)
    return group


def _word(line: str, drafts: Drafts) -> tuple[str, str]:
    """Return a word or regex as a rule, empty where there is none, and the name to show."""
    said, _, alias = (part.strip() for part in line.partition("=>"))
    pattern = REGEX.fullmatch(said)
    try:
        rule = to_rule(pattern[1]) if pattern and _is_regex(pattern[1]) else quoted(said)
    except TooHardError:
        drafts.warnings.append(f"「{said}」写不成监看规则，略去了；请自己改写成几个词")
        rule = ""
    return rule, alias or (pattern[1] if pattern else said)


def _is_regex(pattern: str) -> bool:
    """Tell whether it is one at all: the tool looks for a broken one letter by letter."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _add(drafts: Drafts, group: _Group, banned: list[str]) -> None:
    parts = [*group.needed, *([any_of(group.wanted)] if group.wanted else [])]
    parts += [f"NOT {word}" for word in banned]
    drafts.rules.append(WatchDraft(_free_name(drafts, group), " ".join(parts)))


def _free_name(drafts: Drafts, group: _Group) -> str:
    name = (group.alias or " / ".join(group.names))[:MAX_NAME]
    taken = {one.name for one in drafts.rules}
    numbered = (f"{name} ({n})" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)
