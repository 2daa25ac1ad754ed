"""One file per runtime: its ``ADAPTER`` is a :class:`~device_agent.runtimes.session.Session`; the registry finds them here."""
