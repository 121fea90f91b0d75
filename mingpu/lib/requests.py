"""A request as the mall's views see it: who asks, from where, whose cart."""

from uuid import UUID, uuid4

from django.core.handlers.wsgi import WSGIRequest


class MallRequest(WSGIRequest):
    """Django's request with what the guard at the door found out; `web.middleware` makes it.

    person_id: who is signed in, None for a visitor. token: their session's token. address: of the network.
    recovering: whether somebody recovers the password of whoever is signed in, which still can be stopped.
    fresh_name: set by a page that had to look up the person's nickname, for the cookie.
    """

    person_id: UUID | None = None
    token: str = ""
    address: str = ""
    fresh_name: str = ""
    recovering: bool = False
    notices_shown: bool = False  # whether a word left for the next page was on this one
    visitor_known: bool = False  # whether the browser brought a visitor's id
    visitor_new: bool = False  # whether it is to be given one
    cookie_visitor: UUID | None = None

    @property
    def visitor_id(self) -> UUID:
        """The visitor's random id. Asking for it makes one, and a cookie: ask only when it is needed."""
        if self.cookie_visitor is None:
            self.cookie_visitor = uuid4()
            self.visitor_new = True
        return self.cookie_visitor

    @property
    def owner_id(self) -> UUID:
        """Whose cart it is: the person's or the visitor's, who gets an id by asking."""
        return self.person_id or self.visitor_id

    @property
    def known_owner_id(self) -> UUID | None:
        """Whose cart it is, None for a visitor without an id, who has no cart yet."""
        return self.person_id or self.cookie_visitor

    @property
    def untracked(self) -> bool:
        """Whether the browser asks not to be counted, by either of the two headers there are for it."""
        return self.META.get("HTTP_DNT") == "1" or self.opted_out

    @property
    def opted_out(self) -> bool:
        """Whether the browser sends the signal by which people refuse to be sold, shared and profiled."""
        return str(self.META.get("HTTP_SEC_GPC", "")).strip() == "1"
