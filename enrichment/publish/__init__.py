"""The three published tables, the gate before them, the commit of a run and the way back to an earlier one."""
