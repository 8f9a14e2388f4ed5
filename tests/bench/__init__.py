"""The benches: both sides of each must say the same."""
