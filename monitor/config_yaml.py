"""Reads YAML into plain values and remembers the line of every one of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

Loc = tuple[str | int, ...]
# Anchors can make a small file enormous; a real file with 200 sources has about 2,000 values.
_MOST_VALUES = 50_000
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "map", "seq", "merge")
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# What the parser says, and what a person should do; the first that fits counts.
_HINTS = (
    ("'\\t'", "行首用了 Tab；改成空格"),
    ("mapping values are not allowed", "多了一个冒号，或缩进不对；值里有冒号时用单引号包起来"),
    ("while scanning a quoted scalar", "引号没有配对；补上后一半引号"),
    ("could not find expected ':'", "键后面少了冒号；写成「键: 值」"),
    ("found undefined alias", "用 * 引用了没有定义的锚点；先用 & 定义它"),
    ("expected a single document", "只能有一份文档；删掉中间的「---」"),
    ("while parsing a flow", "方括号或花括号没有配对，或少了逗号；写成 [甲, 乙]"),
    ("cannot start any token", "值以特殊符号开头；用单引号把它包起来"),
    ("but found '<scalar>'", "引号后面还有字，或缩进不对；把整个值用单引号包起来"),
    ("expected <block end>", "缩进不对；同一层的键要对齐，列表每项以「- 」开头"),
    ("special characters are not allowed", "有看不见的控制字符；删掉它"),
)


class YamlError(ValueError):
    """The text cannot be read as YAML; carries the line, counted from 1."""

    def __init__(self, line: int | None, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


@dataclass(slots=True)
class Document:
    """Plain values, the line of each, and what is wrong with them as YAML."""

    tree: dict[str, Any] = field(default_factory=dict)
    lines: dict[Loc, int] = field(default_factory=dict)
    faults: list[tuple[Loc, int, str]] = field(default_factory=list)
    empty: set[Loc] = field(default_factory=set)

    def line(self, loc: Loc) -> int:
        """Return the line of a value, or of the nearest thing around it."""
        around = (loc[:length] for length in range(len(loc), 0, -1))
        return next((self.lines[part] for part in around if part in self.lines), 1)


def read_yaml(text: str) -> Document:
    """Read one mapping; scalars stay text, and a key without a value counts as not written.

    Scalars stay text because YAML 1.1 turns 22:00 into 1320, 001 into 1 and `on` into True;
    the schema knows what each should be. Raises YamlError where nothing can be read.
    """
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        return _Reader(loader).read(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else None, _explain(str(error))) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(line, _explain(str(error))) from None
    except RecursionError:
        raise YamlError(None, "嵌套太深；检查方括号和缩进，配置只有四五层") from None


def _explain(error: str) -> str:
    # the parser's own words quote the line, which may hold a secret: only the hint goes out
    hints = (hint for sign, hint in _HINTS if sign in error)
    return "YAML 写法不对：" + next(hints, "检查这一行的缩进、冒号和引号")


class _Reader:
    """Walks the nodes of one document."""

    def __init__(self, loader: yaml.SafeLoader) -> None:
        self._loader = loader
        self._document = Document()
        self._open: set[int] = set()
        self._flat: set[int] = set()
        self._values = 0

    def read(self, root: yaml.Node | None) -> Document:
        """Return the document under a root node that must be a mapping."""
        if root is None:
            raise YamlError(None, "文件是空的；先运行 fengsui init 写一份示例，再照着改")
        if not isinstance(root, yaml.MappingNode):
            raise YamlError(_line(root), "最外层要写成「键: 值」；照 fengsui init 的示例改")
        self._document.tree = self._value(root, ()) or {}
        return self._document

    def _value(self, node: yaml.Node, loc: Loc) -> Any:  # noqa: ANN401 - whatever the file holds
        self._count(node)
        if node.tag not in _PLAIN_TAGS:
            self._document.faults.append(
                (loc, _line(node), "不支持「!」标签；删掉它，值直接写或用引号包起来")
            )
            return None
        if isinstance(node, yaml.ScalarNode):
            return None if node.style is None and node.value in _NULLS else node.value
        return self._inside(node, loc)

    def _count(self, node: yaml.Node) -> None:
        self._values += 1
        if self._values > _MOST_VALUES or id(node) in self._open:
            raise YamlError(_line(node), "锚点引用了自己，或展开后内容过多；去掉锚点，直接写值")

    def _inside(self, node: yaml.Node, loc: Loc) -> Any:  # noqa: ANN401 - a list or a mapping
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, loc)
            return [self._item(child, (*loc, n)) for n, child in enumerate(node.value)]
        finally:
            self._open.discard(id(node))

    def _item(self, node: yaml.Node, loc: Loc) -> Any:  # noqa: ANN401 - whatever the file holds
        self._document.lines[loc] = _line(node)
        return self._value(node, loc)

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        if id(node) not in self._flat:  # an anchored mapping is met once for every alias
            self._flat.add(id(node))
            self._refuse_duplicates(node, loc)
            self._loader.flatten_mapping(node)  # puts what << merges in before its own keys
        found: dict[str, Any] = {}
        for key, child in node.value:
            if isinstance(key, yaml.ScalarNode):
                self._entry(found, key, child, loc)
            else:
                self._document.faults.append((loc, _line(key), "键要写成一个词；去掉括号或「?」"))
        return found

    def _entry(
        self, found: dict[str, Any], key: yaml.ScalarNode, child: yaml.Node, loc: Loc
    ) -> None:
        place = (*loc, key.value)
        self._document.lines[place] = _line(key)
        value = self._value(child, place)
        if value is None:
            found.pop(key.value, None)
            self._document.empty.add(place)
        else:
            found[key.value] = value

    def _refuse_duplicates(self, node: yaml.MappingNode, loc: Loc) -> None:
        first: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                continue
            if key.value in first:
                text = f"这个键在第 {first[key.value]} 行已经写过；两处合成一处"
                self._document.faults.append(((*loc, key.value), _line(key), text))
            first.setdefault(key.value, _line(key))


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1
