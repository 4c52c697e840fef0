"""Whether a folder lies on this machine's own disk or on one that other machines write to as well."""

from __future__ import annotations

import re
from pathlib import Path

NETWORK_TYPES = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|ceph|lustre|gfs2|ocfs2|afs|beegfs|gpfs|9p|fuse\..+"
)
"""Types of file systems that may be mounted on several machines."""

MOUNTS = Path("/proc/self/mounts")


def is_on_network(folder: Path, mounts: str | None = None) -> bool:
    """Tell whether a folder's file system is one of the network; False where that is not known.

    >>> table = "/dev/sda1 / ext4 rw 0 0\\nnas:/x /srv/gong\\\\040kai nfs4 rw 0 0"
    >>> is_on_network(Path("/srv/gong kai/snapshots"), table), is_on_network(Path("/srv"), table)
    (True, False)
    """
    if mounts is None:
        mounts = MOUNTS.read_text(encoding="utf-8") if MOUNTS.exists() else ""
    place, longest, kind = folder.resolve(), -1, ""
    for line in mounts.splitlines():
        _device, point, type_, *_ = line.split(" ")
        path = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point))
        if place.is_relative_to(path) and len(path.parts) >= longest:  # the later one lies above
            longest, kind = len(path.parts), type_
    return NETWORK_TYPES.fullmatch(kind) is not None
