"""Command line of the training room: ``python -m training --help``."""

import typer

from training.commands import backtest, card, check, config, forecast, history, step, upload

app = typer.Typer(
    name="training",
    help="Check sales files, forecast demand and measure forecasts, with no cloud at all.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.command()(check.check)
app.command()(config.config)
app.command()(upload.upload)
app.command()(history.history)
app.command()(history.trace)
app.command()(history.withdraw)
app.command()(forecast.forecast)
app.command()(backtest.backtest)
app.command()(card.card)
app.command()(step.step)
