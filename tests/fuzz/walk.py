"""Which functions of the project are readers: found by walking its packages, not by a list that somebody keeps.

A reader is a function that takes text or bytes and is named as one (``read_…``, ``parse_…``, ``decode`` and their like), or one that
calls a decoder: of JSON, TOML, XML, zip, dates, addresses and so on. What reads the project's own data files is none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("normalizers", "spiders", "storage", "harvester")
LEFT_OUT = ("harvester/replica", "storage/migrations")
"""The replica sites serve us and nobody else; migrations read nothing."""
NAMED = re.compile(
    r"(read|parse|parsed|decode|unpack|extract|extracted|derive|intake|detect|identify|repair|clean|mask|mask_payload|resolve|diagnose|"
    r"skeleton|page_head|compare|reconcile|settings_of)(_(?!only\b)\w+)?"
)
DECODERS = re.compile(
    r"(json|tomllib|yaml)\.loads?|csv\.(reader|DictReader)|etree\.(fromstring|parse|iterparse|HTML|XML)|"
    r"\w*html\.(fromstring|fragment_fromstring|document_fromstring)|(zipfile\.)?ZipFile|tarfile\.open|\w*Workbook\.from_\w+|pdfplumber\.open|"
    r"zlib\.(decompress|decompressobj)|gzip\.(decompress|open)|base64\.\w*decode|binascii\.\w+|sqlglot\.parse(_one)?|"
    r"email\.message_from_\w+|BytesParser|(date|datetime|time)\.(fromisoformat|strptime)|ArcWarcRecordLoader|"
    r"url(split|parse)|parse_qsl?|parsedate_to_datetime|ip_address|ip_network|struct\.unpack(_from)?|unpack_from|bytes\.fromhex|UUID|make_url"
)
OWN_DATA = re.compile(r"\bfiles\(|resources\.|__file__|\b_?DATA\b")


class Reader(NamedTuple):
    """A function that reads: its file below the root, and its name there."""

    file: str
    name: str

    def __str__(self) -> str:
        return f"{self.file}:{self.name}"


def readers() -> list[Reader]:
    """Return every reader of the project, in the order of files."""
    found: list[Reader] = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            if not file.startswith(LEFT_OUT):
                found += [Reader(file, name) for name, node in _functions(ast.parse(path.read_text("utf-8"))) if _reads(node)]
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions of a module and the methods of its classes, but not what stands within them."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{inner.name}", inner) for inner in node.body if isinstance(inner, ast.FunctionDef))


def _reads(node: ast.FunctionDef) -> bool:
    if not _is_named_so(node) and not _calls_decoder(node):
        return False
    if [ast.unparse(statement) for statement in node.body[-1:]] == ["..."] or (len(node.body) == 1 and _is_words(node.body[0])):
        return False  # the shape of a protocol
    return not OWN_DATA.search(ast.unparse(node))


def _is_named_so(node: ast.FunctionDef) -> bool:
    if not NAMED.fullmatch(node.name):
        return False
    given = [ast.unparse(each.annotation) for each in (*node.args.args, *node.args.kwonlyargs) if each.annotation]
    return any(re.fullmatch(r"(str|bytes)( \| None)?", kind) for kind in given)


def _calls_decoder(node: ast.FunctionDef) -> bool:
    return any(DECODERS.fullmatch(_dotted(each.func)) for each in ast.walk(node) if isinstance(each, ast.Call))


def _dotted(node: ast.expr) -> str:
    """Return the dotted name of what is called; what no name leads to, as another call's result, is empty in it."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _is_words(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
