"""The exceptions that drive the workflow: what may be retried and what is final."""


class RetailForecastError(Exception):
    """Base of every error this application raises on purpose."""


class RetryableError(RetailForecastError):
    """The same request may succeed later: throttling, a lost race, a missing dependency."""


class ConfigError(RetailForecastError):
    """A setting is wrong; the message names the field, the value and the cure."""


class RejectedDataError(RetailForecastError):
    """The data cannot be used; the message names file, line, value and cure."""


class RejectedModelError(RetailForecastError):
    """A model must not serve; the message names the rule that stopped it."""
