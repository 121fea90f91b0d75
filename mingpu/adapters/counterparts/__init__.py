"""The other side of every edge: one local process that plays WeChat Pay, SF, Alibaba SMS and a mail server.

Each party has keys of its own, checks what the mall sends as strictly as the real one would, keeps what it
was told, and misbehaves on request. Nothing here is imported by the mall, but for `keys` and `wiring`, which
settings read so that the real clients talk to this process instead of the real parties.
"""
