"""The figures of the live demos: drawn once, after that only what has changed is given to them."""
