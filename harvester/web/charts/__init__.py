"""Charts drawn on the server, as SVG that can be read, saved and printed: ``docs/reading_room.md``."""

from harvester.web.charts.bars import Bars, bars
from harvester.web.charts.partners import circle

__all__ = ["Bars", "bars", "circle"]
