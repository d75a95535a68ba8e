"""From the lesson masters to everything that is generated: notebooks, reference outputs, environment files."""
