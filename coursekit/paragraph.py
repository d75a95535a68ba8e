"""Text in widgets. It is used before TensorFlow is there, so nothing is imported here."""


def as_paragraph(html: str) -> str:
    """Text that may wrap: the widgets' own lines are as high as a button."""
    return f'<div style="line-height: 1.5">{html}</div>'
