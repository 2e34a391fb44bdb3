"""What a person who works on the product runs: `python -m devtools --help` lists the commands.

Imports no Django and no app of ours: it has to work before either can be imported.
"""
