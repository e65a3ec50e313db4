"""Addresses where nobody is: what makes a bounce, how often, and whose it is."""

from __future__ import annotations

import pytest

from flowlang.delivery.delivery import Outcome
from flowlang.delivery.kinds.smtp import Smtp
from flowlang.delivery.settings import SmtpServer
from flowlang.engine.handover import Handover
from flowlang.stores import Store
from tests.delivery.postbox import postbox
from tests.engine.test_worker import HOUR, START, came, compiled, feed, person, run, told
