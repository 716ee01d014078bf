"""What-ifs: the forecast of one series under another plan, from what its own forecast was made of.

Most of what a forecast takes is the same under any plan: what was sold, the calendar, ids. It is computed once for
all series when they are forecast (``horizons``), and kept in one file with the boosters (``file``). A plan then
changes a few cells of the series' covariates, the features that look at them are computed anew by the same functions
that every other forecast uses, and the boosters run (``model``).
"""
