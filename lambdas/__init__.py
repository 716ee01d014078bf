"""The Lambda functions: small zips that validate, decide and start."""
