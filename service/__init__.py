"""The forecast service: FastAPI on EKS, and SageMaker's serving contract."""
