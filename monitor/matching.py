"""Finds brands and watch rules in cleaned texts, with one automaton over all their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from monitor.rules import fold, parse
from monitor.text.attribution import sentences_about
from monitor.text.boolean import Expression, judge, terms, wanted_terms
from monitor.text.clean import clean
from monitor.text.span import Cover, Span

__all__ = ["Brand", "Hit", "Matcher", "Span", "WatchRule", "sentences_about"]


@dataclass(frozen=True)
class Brand:
    """A brand, the other names people use for it, and longer words that only contain a name."""

    name: str
    aliases: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    needs: str | None = None
    """A boolean expression without which a name is no mention: for names that stand everywhere."""


@dataclass(frozen=True)
class WatchRule:
    """A boolean expression that is judged where its brand (or, without one, any brand) occurs."""

    name: str
    expression: str
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A brand found (rule is None), or a rule that holds for that brand, and the words why."""

    brand: str
    rule: str | None
    terms: tuple[Span, ...]


class Matcher:
    """Finds all brands and rules of a configuration in a text."""

    def __init__(self, brands: Sequence[Brand], rules: Sequence[WatchRule] = ()) -> None:
        """Build the automaton; raises RuleError for an expression, ValueError for a brand."""
        _check(brands, rules)
        self._owners = _by_word((brand.name, (brand.name, *brand.aliases)) for brand in brands)
        self._excluders = _by_word((brand.name, brand.exclude) for brand in brands)
        self._rules = [(rule, parse(rule.expression)) for rule in rules]
        self._needs = {brand.name: parse(brand.needs) for brand in brands if brand.needs}
        self._wanting = _by_wanted_term(tree for _, tree in self._rules)
        trees = [*(tree for _, tree in self._rules), *self._needs.values()]
        asked = {term for tree in trees for term in terms(tree)}
        self._words = sorted({*self._owners, *self._excluders, *asked})
        self._automaton = ahocorasick_rs.AhoCorasick(self._words)

    def match(self, text: str) -> list[Hit]:
        """Return the hits in a cleaned text; positions are places in that text."""
        found = self._find(fold(text))
        named = self._brands(found) if found else {}
        brands = {brand: spans for brand, spans in named.items() if self._is_meant(brand, found)}
        hits = [Hit(brand, None, spans) for brand, spans in brands.items()]
        return hits + [hit for brand in brands for hit in self._rule_hits(brand, found)]

    def _is_meant(self, brand: str, found: Mapping[str, list[Span]]) -> bool:
        tree = self._needs.get(brand)
        return tree is None or judge(tree, found) is not None

    def _find(self, text: str) -> dict[str, list[Span]]:
        """Find every known word, overlapping ones too, in reading order."""
        found: dict[str, list[Span]] = {}
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if _stands_alone(text, start, end):
                word = self._words[index]
                found.setdefault(word, []).append(Span(word, start, end))
        return found

    def _brands(self, found: Mapping[str, list[Span]]) -> dict[str, tuple[Span, ...]]:
        """Give the names that stand outside of exclude words, the longest at each place."""
        claims = [claim for word in found for claim in self._claims(word, found)]
        names = Cover(span for _, span in claims)
        brands: dict[str, list[Span]] = {}
        for brand, span in sorted(claims, key=lambda claim: (claim[0], claim[1].start)):
            if not names.holds_longer(span):
                brands.setdefault(brand, []).append(span)
        return {brand: tuple(spans) for brand, spans in brands.items()}

    def _claims(self, word: str, found: Mapping[str, list[Span]]) -> Iterator[tuple[str, Span]]:
        """Yield the brands that a found word names, unless their exclude words cover it."""
        for brand in self._owners.get(word, ()):
            excluded = Cover(
                span
                for other, spans in found.items()
                if brand in self._excluders.get(other, ())
                for span in spans
            )
            yield from ((brand, span) for span in found[word] if not excluded.holds(span))

    def _rule_hits(self, brand: str, found: Mapping[str, list[Span]]) -> Iterator[Hit]:
        """Judge the rules of which a wanted word occurs."""
        for number in sorted({n for word in found for n in self._wanting.get(word, ())}):
            rule, tree = self._rules[number]
            spans = judge(tree, found) if rule.brand in {None, brand} else None
            if spans is not None:
                yield Hit(brand, rule.name, spans)


def _check(brands: Sequence[Brand], rules: Sequence[WatchRule]) -> None:
    """Refuse a brand without a usable name and a rule for a brand that is not configured."""
    for brand in brands:
        if not all(clean(name) for name in (brand.name, *brand.aliases, *brand.exclude)):
            raise ValueError(f"品牌「{brand.name}」有空的名称、别名或排除词;请删掉或填上文字")
    known = {brand.name for brand in brands}
    for rule in rules:
        if rule.brand is not None and rule.brand not in known:
            raise ValueError(f"规则「{rule.name}」指向没有配置的品牌「{rule.brand}」")


def _by_word(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """Turn (brand, words) into normalised word → brands."""
    brands: dict[str, dict[str, None]] = {}
    for brand, words in named:
        for word in words:
            brands.setdefault(fold(clean(word)), {})[brand] = None
    return {word: tuple(names) for word, names in brands.items()}


def _by_wanted_term(trees: Iterable[Expression]) -> dict[str, tuple[int, ...]]:
    """Turn rule trees into wanted term → numbers of the rules that may hold when it occurs."""
    numbers: dict[str, dict[int, None]] = {}
    for number, tree in enumerate(trees):
        for term in wanted_terms(tree):
            numbers.setdefault(term, {})[number] = None
    return {term: tuple(found) for term, found in numbers.items()}


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Refuse Latin words inside longer ones (mac in machine); Chinese has no such borders."""
    return not (
        (_is_latin(text[start]) and start > 0 and _is_latin(text[start - 1]))
        or (_is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end]))
    )


def _is_latin(character: str) -> bool:
    return character < "\u0250" and character.isalnum()
