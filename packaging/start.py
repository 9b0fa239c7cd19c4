"""Where the frozen program begins: the window, a command, or a training of its own, as ``python -m karyoview``."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from karyoview.__main__ import main

    sys.exit(main())
