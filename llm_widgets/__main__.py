"""`python -m llm_widgets`: the same as `llm-widgets`, where the scripts' folder is not on the path."""

from __future__ import annotations

import sys

from llm_widgets.cli import main

sys.exit(main())
