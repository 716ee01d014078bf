"""What a file may cost: every limit has a name, and a refusal says which one it was."""

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Bounds of one file; a file beyond one is refused by that limit's name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_file_bytes: int = Field(8 << 30, gt=0, description="size of the file as it lies")
    max_unpacked_bytes: int = Field(8 << 30, gt=0, description="size of what gzip or zip unpack to, all members")
    max_ratio: float = Field(200.0, gt=1, description="unpacked over packed size, judged beyond 16 MiB")
    max_members: int = Field(200, gt=0, description="files in one archive")
    max_rows: int = Field(200_000_000, gt=0, description="data rows of one file")
    max_columns: int = Field(20_000, gt=0, description="columns of one table")
    max_line_bytes: int = Field(1 << 20, gt=0, description="length of one physical line")
    max_listed: int = Field(1_000, gt=0, description="refused rows listed one by one in a verdict")
