"""A soak: crawls by schedule, a reading room with readers, and sites that change and fail, for hours; and what must hold all the while."""
