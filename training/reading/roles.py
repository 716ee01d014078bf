"""Which column has which role."""

from dataclasses import dataclass, field


@dataclass
class Roles:
    """Column index of each role; ``others`` are the columns without one, ``renamed`` configured covariates."""

    of: dict[str, int] = field(default_factory=dict)
    others: list[int] = field(default_factory=list)
    renamed: dict[int, str] = field(default_factory=dict)
    configured: set[str] = field(default_factory=set)

    def __contains__(self, role: str) -> bool:
        return role in self.of
