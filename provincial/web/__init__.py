"""The floor of the shared page frame: access, forms, paging, filters, errors, navigation."""
