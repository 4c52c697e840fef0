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
    r"""Return whether a folder is on a network file system; False where that is unknown.

    `mounts` is the text of the table of mounts; without it, that of this machine is read.

    >>> table = "/dev/sda1 / ext4 rw 0 0\nnas:/x /srv/gong\\040kai nfs4 rw 0 0"
    >>> is_on_network(Path("/srv/gong kai/snapshots"), table), is_on_network(Path("/srv"), table)
    (True, False)
    """
    if mounts is None:
        mounts = MOUNTS.read_text(encoding="utf-8") if MOUNTS.exists() else ""
    resolved, longest, kind = folder.resolve(), -1, ""
    for line in mounts.splitlines():
        _device, point, mounted_type, *_ = line.split(" ")
        path = Path(re.sub(r"\\([0-7]{3})", _octal_character, point))
        # of several mounts on one folder, the last one is visible
        if resolved.is_relative_to(path) and len(path.parts) >= longest:
            longest, kind = len(path.parts), mounted_type
    return NETWORK_TYPES.fullmatch(kind) is not None


def _octal_character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 8))
