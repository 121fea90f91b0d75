"""Telling a person what happened: in the mall, by mail, by text message; what they chose, and when they sleep."""
