"""From the notice to the named teacher: rulebooks, plans, quotas, and later nominations."""
