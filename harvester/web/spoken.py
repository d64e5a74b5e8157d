"""Templates of the room: they speak one language, so fixed sentences are looked up when one is compiled, and show rows of plain values."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

LOOK_UP = "_"
"""What templates call to say a sentence in the reader's language."""
_METHODS = frozenset(dir(dict))


class _Sentences(NodeTransformer):
    def __init__(self, look_up: Any) -> None:  # noqa: ANN401 -- what an environment calls ``_``
        self._look_up = look_up

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 -- as Jinja names it
        self.generic_visit(node)
        fixed = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if isinstance(node.node, nodes.Name) and node.node.name == LOOK_UP and fixed and isinstance(node.args[0], nodes.Const):
            return nodes.Const(self._look_up(node.args[0].value), lineno=node.lineno)
        return node


class Speaker(CodeGenerator):
    """Writes the code of a template of an environment whose global ``_`` speaks one language."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 -- as Jinja names it
        """Write a template, its fixed sentences said."""
        super().visit_Template(_Sentences(self.environment.globals[LOOK_UP]).visit(node), frame)


class Templates(Environment):
    """An environment whose global ``_`` speaks one language: it has to stand there before a template is compiled."""

    code_generator_class = Speaker

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 -- what templates show
        """Return what a row has under a name without looking for an attribute first: to miss one takes longer than all else here."""
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)
