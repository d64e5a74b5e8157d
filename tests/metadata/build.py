"""Documents made of a few lines, as a reader would hand them on."""

from __future__ import annotations

from normalizers.records import Block, BlockKind, Document, Span


def document(*lines: str | tuple[BlockKind, str]) -> Document:
    """Return a document of one block a line; a plain line is a paragraph."""
    blocks: list[Block] = []
    position = 0
    for i, line in enumerate(lines, start=1):
        kind, text = line if isinstance(line, tuple) else (BlockKind.PARAGRAPH, line)
        blocks.append(Block(kind, text, Span(position, position + len(text)), f"p{i}"))
        position += len(text) + 1
    text = "\n".join(block.text for block in blocks)
    return Document("sample.txt", "txt", tuple(blocks), text, text)


def title(text: str) -> tuple[BlockKind, str]:
    """Return a line that the reader marked as the title."""
    return BlockKind.TITLE, text
