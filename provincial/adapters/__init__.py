"""The floor that meets the outside world: files, spreadsheets, PDF, mail, queue, keys."""
