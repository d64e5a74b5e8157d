"""Mentions of bodies over regions, departments, levels and dates, with answers that don't come from the resolver's tables."""
