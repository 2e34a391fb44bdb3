"""allauth's doors for front ends of another kind, at `/api/auth/`, with the rules of the house.

Signing in and up are here, with the second step and forgotten passwords. What changes an account's ways in (its second
steps, its address, its password) stays on the website.
"""
