"""Letters that hand places from one body to those below it (HN-38, HN-67), numbered and verifiable.

Words: a *letter* tells one body what it holds of one category; a *supplementary letter* takes the
place of an earlier one and lists the cells it changes. The paper itself is the office's business
(numbers, PDF, verification); here stands what it says and when a body needs a new one.
"""
