"""What an account must have before the first deployment, looked at before anything costs anything."""
