"""The reading room: pages for people and an API for programs over one store (``docs/reading_room.md``)."""
