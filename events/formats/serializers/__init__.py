"""The shape of every JSON answer, for the API's description (OpenAPI).

Answers are spliced from stored documents and never pass through these classes; a test holds real
answers against the description that is made of them.
"""
