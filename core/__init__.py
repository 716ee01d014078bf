"""What every runtime shares: the contracts and the forecasting engine."""
