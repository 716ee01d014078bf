"""The one logger of the functions; each line names the function by its context."""

from aws_lambda_powertools import Logger

logger = Logger(service="retail-forecast")
