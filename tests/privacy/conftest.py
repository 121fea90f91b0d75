"""The pages of the privacy centre are drawn as they are served."""

import pytest
from django.conf import settings


@pytest.fixture(autouse=True, scope="session")
def _static_folder():
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # the server warns about a missing one
