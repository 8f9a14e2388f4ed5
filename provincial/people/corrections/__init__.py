"""What teachers see and say of their own record: the account, the record, proposed corrections.

Words: a *correction* names the fields that are wrong and what is right; the school *confirms* or
*declines* it with a reason, and the person is told. What came by import is confirmed as *forwarded*:
the school corrects it at the source, and the next import brings it (ZJ22-61). States: proposed,
confirmed, forwarded, declined, withdrawn.
"""
