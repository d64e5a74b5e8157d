"""What changed, in words, in Chinese and English, from one place: for the terminal, reports, the feed, and messages to watchers."""

from harvester.telling.feed import tell_change
from harvester.telling.phrases import place, shorten
from harvester.telling.tasks import tell_task_briefly, tell_task_change
from harvester.telling.texts import tell_field_change, tell_text_change

__all__ = ["place", "shorten", "tell_change", "tell_field_change", "tell_task_briefly", "tell_task_change", "tell_text_change"]
