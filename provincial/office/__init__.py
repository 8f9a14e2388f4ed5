"""What every wing uses, knowing rooms and people by id only."""
