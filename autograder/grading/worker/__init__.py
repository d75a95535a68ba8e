"""What runs inside the sandbox: the fork server and the process that runs a student's cells. Nothing here is secret."""
