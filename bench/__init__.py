"""How much faster the house's way is than the usual way: ratios measured side by side in one run.

Each bench keeps its baseline here, written as most projects would write it. Both sides do the same
work on the same data, turn by turn, and must give the same answer; only ratios count, for times
depend on the machine. ``python -m bench [name …]``
"""
