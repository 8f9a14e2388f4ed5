"""Who there is: organisations, accounts, and later teachers and experts."""
