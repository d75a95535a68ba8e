"""Formulas as MathML, which browsers draw and screen readers read by themselves: no script, no font to load."""

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

# docutils knows the large delimiters by their sides alone: \bigl and \bigr.
LARGE = re.compile(r"\\([bB]igg?)(?![a-zA-Z])")
# Of the dots, it knows those that say at which height they stand.
DOTS = re.compile(r"\\dots(?![a-zA-Z])")


def mathml(tex: str, *, block: bool = False) -> str:
    """A formula of LaTeX as a `<math>` element.

    Raises: MathError, with the formula, if docutils does not know what is in it.
    """
    try:
        return tex2mathml(DOTS.sub(r"\\ldots", LARGE.sub(r"\\\1l", tex)), as_block=block)
    except MathError as error:
        raise MathError(f"{error} In the formula: {tex}") from None


def visit_math(translator: Any, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def visit_math_block(translator: Any, node: nodes.math_block) -> None:
    """Write a formula of its own, which scrolls where it is wider than the page."""
    translator.body.append(f'<div class="formula" tabindex="0">{mathml(node.astext(), block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Make it a renderer that `html_math_renderer` can name."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
