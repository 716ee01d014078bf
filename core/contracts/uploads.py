"""One uploaded object version, as events and the run manifest name it."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _in_seconds(when: datetime) -> datetime:
    return when.replace(microsecond=0)


class Upload(BaseModel):
    """One version of one raw object."""

    model_config = ConfigDict(frozen=True)

    bucket: str = Field(description="where it lies")
    key: str = Field(description="dataset, a slash, and the name of the file")
    version_id: str = Field(description="S3 version id; 'null' in an unversioned bucket")
    size: int = Field(ge=0, description="bytes")
    uploaded_at: Annotated[datetime, AfterValidator(_in_seconds)] = Field(
        description="LastModified of that version, UTC, in whole seconds: a listing may tell it finer than a head, "
        "and the order of versions must not depend on who was asked"
    )

    @property
    def name(self) -> str:
        """Identity of this version: ``<key>#<version id>``."""
        return f"{self.key}#{self.version_id}"


class RunManifest(BaseModel):
    """What one retrain run was started for; written once, before the run starts."""

    model_config = ConfigDict(frozen=True)

    dataset: str
    run_id: str
    created_at: datetime
    uploads: tuple[Upload, ...]
