"""The outside world: one folder per port, each with its protocol, values, error and vendor clients.

A client takes a frozen configuration and plain values, knows no table and opens no transaction. Whatever
leaves goes through `payload_for`, a pure function, so that the caller can hold the payload against the
allow-list before the call and record exactly what was sent. `counterparts` plays the other side.
"""
