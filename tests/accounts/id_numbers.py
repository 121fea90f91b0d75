"""ID numbers of nobody: well formed, of days and regions there were."""

import secrets


def new_number(*, region: str = "330106", born: str = "", order: str = "") -> str:
    """A number as GB 11643 has it."""
    born = (
        born
        or f"19{84 + secrets.randbelow(16)}{1 + secrets.randbelow(12):02d}{1 + secrets.randbelow(28):02d}"
    )
    body = f"{region}{born}{order or f'{1 + secrets.randbelow(998):03d}'}"
    total = sum(int(sign) * 2 ** (17 - place) for place, sign in enumerate(body))
    return body + "10X98765432"[total % 11]
