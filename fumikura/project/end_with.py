"""A process that ends when the one that started it is gone, even by kill -9, so that no port and no lock stays taken."""

import ctypes
import os
import signal
import sys

END_WHEN_PARENT_ENDS = 1  # PR_SET_PDEATHSIG


def end_with(parent: int) -> None:
    """Let the kernel stop this process with SIGTERM when process `parent` is gone. Elsewhere than on Linux: nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(END_WHEN_PARENT_ENDS, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)  # it ended before we could ask
