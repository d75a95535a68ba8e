"""A machine of its own for a hub and its users, that leaves nothing behind.

It is this machine in namespaces of its own: mounts and processes. There /etc is a copy, so that users can be made;
/home, /srv and /tmp are empty; the repository is not there; and what is installed goes into a layer above the
environment that the tests run in. All of that is in memory. It ends, processes and all, with the one process that holds
it, and that one ends with the tests, however they end.
"""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from curriculum.paths import REPOSITORY

ENVIRONMENT, PYTHON = Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()
PROGRAMS = ("unshare", "nsenter", "mount", "useradd", "runuser", "node")
ENTERED_BY_ALL = 0o001


class NotHereError(Exception):
    """This machine gives no such view of itself; the text says why."""


class Machine:
    """The view, and commands in it. `seen` are more folders that everybody in it shall see where they are."""

    def __init__(self, *seen: Path) -> None:
        """Make it.

        Raises: NotHereError if that cannot be done.
        """
        if lacking := [program for program in PROGRAMS if not shutil.which(program)]:
            raise NotHereError(f"Not installed: {', '.join(lacking)}")
        # What it waits for is the end of its input, which is ours to keep open.
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", "echo; read _"]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            if not self._holder.stdout.readline():
                raise NotHereError(self._holder.stderr.read().decode().strip())
            children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text()
            self._entered = ["nsenter", "--target", children.strip(), "--mount", "--pid"]
            self._root = Path("/proc", children.strip(), "root")
            self._arrange([PYTHON, Path(shutil.which("node")).resolve().parent, *seen])
        except subprocess.CalledProcessError as error:
            self.close()
            raise NotHereError(f"{shlex.join(error.cmd[len(self._entered) :])}: {error.output.strip()}") from None
        except BaseException:
            self.close()
            raise

    def _arrange(self, seen: list[Path]) -> None:
        """Hide what is nobody's business, and show what would then be missing."""
        self.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/srv")
        self.run("cp", "-a", "/etc", "/srv/etc")
        self.run("mount", "--bind", "/srv/etc", "/etc")
        self.run("mkdir", "/srv/written", "/srv/work", "/srv/environment")
        layers = f"lowerdir={ENVIRONMENT},upperdir=/srv/written,workdir=/srv/work"
        self.run("mount", "-t", "overlay", "-o", layers, "overlay", "/srv/environment")
        hidden = {REPOSITORY: "755", Path("/home"): "755", Path("/tmp"): "1777"}
        for path in (ENVIRONMENT, *seen):
            hidden |= {parent: "755" for parent in path.parents if not parent.stat().st_mode & ENTERED_BY_ALL}
        shown = {ENVIRONMENT: "/srv/environment"}
        for number, path in enumerate(seen):
            if hidden.keys() & {path, *path.parents}:
                shown[path] = f"/srv/seen-{number}"
                self.run("mkdir", shown[path])
                self.run("mount", "--bind", str(path), shown[path])
        for folder in sorted(hidden):
            if self.path(folder).is_dir():  # else it is in one that is hidden already
                self.run("mount", "-t", "tmpfs", "-o", f"mode={hidden[folder]}", "tmpfs", str(folder))
        for path, aside in shown.items():
            self.run("mkdir", "-p", str(path))
            self.run("mount", "--bind", aside, str(path))

    def path(self, inside: Path | str) -> Path:
        """Where a path inside is found from outside."""
        return self._root / str(inside).lstrip("/")

    def run(self, *command: str) -> str:
        """Run a command as root. Returns: what it said.

        Raises: CalledProcessError, with what was said as `output`.
        """
        done = subprocess.run(
            [*self._entered, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, text=True, cwd="/"
        )
        return done.stdout

    def shell(self, user: str, script: str) -> str:
        """Run a script in a user's login shell, in their home folder, with their rights and nothing of ours.

        Raises: as `run`.
        """
        return self.run("runuser", "--login", user, "--command", script)

    def start(self, *command: str, folder: str, log: Path, environment: dict[str, str]) -> subprocess.Popen:
        """Start a command as root that goes on, in a folder inside, and writes to a file outside."""
        started = [*self._entered, "env", f"--chdir={folder}", *command]
        with log.open("w") as file:
            return subprocess.Popen(started, env=environment, stdout=file, stderr=file)

    def close(self) -> None:
        """End all that runs in it, and with that all that there is of it."""
        self._holder.kill()
        self._holder.communicate()
