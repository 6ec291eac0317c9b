"""Every connection that the archive opens to somebody else's machine (layer 2, no database).

An address that a person or a robot gave may lead anywhere, also into the network that this machine
stands in. So there is one way out: :func:`events.fetching.client.Client.send`, which resolves a name
once, checks what it resolved to, and connects to exactly that.
"""
