"""The exit codes that tell apart how a command ended; 0 is done."""

from __future__ import annotations

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_ROWS_REFUSED = 3
EXIT_WAITS = 4
EXIT_TRY_LATER = 75
