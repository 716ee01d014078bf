"""The laptop world: the whole loop on loopback, no AWS account."""
