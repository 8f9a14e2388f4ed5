"""Who may go: the verdict on one teacher for one place (HN-37, HN-46, HN-70).

Words: a *person* is the teacher as list and register tell it, with what stands beside them (other
nominations, trainings, bans); a *place* is a project with its conditions; a *finding* passes, warns
or blocks and cites its article. No states of its own.
Who acts: nobody; nominations and lists of them ask here.
"""
