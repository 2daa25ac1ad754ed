"""What pages are made of, loaded behind the first window: hundreds of milliseconds in one turn would be felt as a stutter."""

import gc
import threading
from importlib import import_module

from .pages import PAGES

LIBRARY = "pyqtgraph"


def preload() -> threading.Thread:
    """Load the plots' library and the modules of all pages beside the work.

    All modules are there then, and what they are made of is no garbage: a full collection, which may come in any turn, need not
    look at it again (20 to 90 ms of CPU time were seen, less than 10 without).
    """

    def load() -> None:
        import_module(LIBRARY)
        for page in PAGES:
            import_module(f".pages.{page.id}", __package__)
        gc.freeze()

    thread = threading.Thread(target=load, name="preload", daemon=True)
    thread.start()
    return thread
