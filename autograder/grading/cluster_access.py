"""Ways to a Dask cluster: one of this machine's own, or one that other people run; and its certificates.

Dask's messages are pickled, and whoever may send one to scheduler or worker can run anything there. So both ends of
every connection have to show a certificate.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dask
from distributed import Client, LocalCluster
from distributed.security import Security

from autograder.grading import submission_file
from autograder.grading.submissions import GradingError
from curriculum.messages import say

CERTIFICATE, KEY = "certificate.pem", "key.pem"
CONNECT_SECONDS = 30
LARGEST_TASK = "1GB"  # Dask warns of tasks that are large; ours are as large as what was handed in


class ClusterError(GradingError):
    """The cluster cannot be used, or is not there any more; what was recorded before is complete."""


@contextmanager
def local_cluster(workers: int, threads: int = 1) -> Iterator[Client]:
    """So many workers on this machine, each a process that runs so many submissions at a time."""
    own = Security.temporary()  # other users of this machine may connect to its ports, too
    with (
        dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGEST_TASK}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=threads,
            host="127.0.0.1",
            protocol="tls",
            dashboard_address="127.0.0.1:0",
            security=own,
            memory_limit=None,  # submissions have limits of their own, in processes that Dask does not count
        ) as cluster,
        Client(cluster, security=own, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def remote_cluster(address: str, certificates: Path | None) -> Iterator[Client]:
    """The cluster of the scheduler at `address`, with the files of `write_certificates`, or Dask's own settings.

    Raises: ClusterError if it cannot be reached, or would be reached without encryption.
    """
    if not address.startswith("tls://"):
        raise ClusterError(say("grading.cluster.not_encrypted", address=address))
    try:
        shown = security(certificates) if certificates else Security(require_encryption=True)
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGEST_TASK}):
            client = Client(address, security=shown, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:
        reason = submission_file.one_line(str(error))
        raise ClusterError(say("grading.cluster.unreachable", address=address, reason=reason)) from None
    with client:
        yield client


def write_certificates(folder: Path) -> list[Path]:
    """Write a certificate, valid for a year, and its key: who has both is scheduler, worker or grader of the cluster.

    Raises: FileExistsError if one is there.
    """
    made = Security.temporary()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for name, text, mode in ((KEY, made.tls_client_key, 0o600), (CERTIFICATE, made.tls_client_cert, 0o644)):
        path = folder / name
        path.touch(mode, exist_ok=False)
        path.write_text(text)
        written.append(path)
    return written


def security(folder: Path) -> Security:
    """What the files of `write_certificates` come to, for every part of a cluster."""
    certificate, key = str(folder / CERTIFICATE), str(folder / KEY)
    keys = {f"tls_{role}_key": key for role in ("client", "scheduler", "worker")}
    certificates = {f"tls_{role}_cert": certificate for role in ("client", "scheduler", "worker")}
    return Security(require_encryption=True, tls_ca_file=certificate, **keys, **certificates)
