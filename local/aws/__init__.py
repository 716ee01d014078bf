"""The AWS API on one loopback port: MiniStack, with a memory that outlives kill -9."""
