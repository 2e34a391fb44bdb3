"""The API's ground (decision 0039): what every view of an app's `api` stands on, and how refusals look.

Nothing is imported here: DRF's settings name pieces of this package, which are loaded before DRF itself is.
"""
