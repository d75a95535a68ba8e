"""What the course consists of, without machinery: its exercises, its sentences, and where its files lie."""
