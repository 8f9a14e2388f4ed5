"""Quotas: what a body does with the places it holds, and the board over all of them (HN-38, HN-39).

Acts: a holder splits to those directly below, swaps, tops up, gives back, locks; undoes with a
reason while nothing builds on it; sets an earlier date for those below. The figures are the ledger's.
"""
