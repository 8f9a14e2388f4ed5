"""Long work: runs in the worker, shows progress, can be left, cancelled and resumed (R38).

States: queued, running, done, failed, cancelled. A job is enqueued in the transaction of the
business change that wants it, so neither exists without the other.
"""
