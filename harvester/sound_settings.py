"""The settings of verbs that plan, crawl or tell, checked whole when they begin: what is wrong is told before it is needed."""

from __future__ import annotations

from harvester.alerting.settings import AlertSettings
from harvester.config import Config
from harvester.errors import WrongCall
from harvester.scheduling.plan import jobs
from harvester.session import settings
from harvester.watching.channels import check_form


def sound_settings(store: str | None) -> Config:
    """Return the settings, whose schedules, alerts with their channels, and heartbeat can be. Raises WrongCall with the place.

    Secrets are not looked for: whoever crawls by hand need not have those of the worker.
    """
    config = settings(store)
    jobs(config)
    try:
        for name in AlertSettings.in_use(config.alerts, config.channels).channels:
            check_form(name, config.channels)
    except WrongCall as error:
        raise WrongCall(f"{config.place('alerts')}: {error}") from None
    if config.heartbeat:
        from harvester.alerting import heartbeat  # late: HTTP, which most verbs need for nothing else

        try:
            heartbeat.check_form(config.heartbeat)
        except WrongCall as error:
            raise WrongCall(f"{config.place('heartbeat')}: {error}") from None
    return config
