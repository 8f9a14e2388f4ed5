"""What stands on the places of the demonstration: splits, names at the desks, two bans."""
