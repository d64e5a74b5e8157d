"""What the sending of messages says where it did not succeed: of mail servers, receivers and robots, of watches and channels."""

from __future__ import annotations

from harvester.sentences.forms import Form

MAIL: tuple[Form, ...] = (
    "the mail server refused {n} of {asked} recipients: look at to of the channel.",
    "the mail server did not answer in time: look whether it runs, or raise timeout of the channel.",
    "the mail server's certificate is not trusted: mend it, or name the office's own authority in ca_file.",
    "the mail server offers no STARTTLS or no login: look at security, port and user of the channel.",
    "the mail server refused the login ({status}): look at user and password.",
    "the mail server refused all recipients ({codes}): look at to of the channel.",
    "the mail server refused the message ({status}): look the code up in its log.",
    "the mail server cannot be reached or broke the connection: look at host and port of the channel.",
)

RECEIVERS: tuple[Form, ...] = (
    "the receiver answered {status}: {step}.",
    "a redirect, which is not followed; put the new address into the channel's settings",
    "look at its own log; it is tried again by itself",
    "look at the channel's settings and at the receiver's log",
    "look whether it has the channel's secret",
    "look at url of the channel",
    "look at url of the channel, which takes no POST",
    "it wants no more of it; ask whose it is",
    "let it take bodies of one MiB",
    "the receiver did not answer in time: look whether it runs, or raise timeout of the channel.",
    "the receiver's name is not known: look at url of the channel and at this machine's name servers.",
    "the receiver cannot be reached: look whether it runs and whether a firewall lets this machine through.",
    "the receiver's certificate is not trusted: mend it, or name the office's own authority in ca_file.",
    "the connection broke before the receiver had answered: look at its own log.",
)

ROBOTS: tuple[Form, ...] = (
    "the robot refused the message (code {code}): {step}.",
    "the robot's answer is not one of its kind: look whether the address is a robot's.",
    "its address is not valid any more",
    "the message is not one of its kind",
    "signature, keyword or address list do not fit; look at secret_env and keyword of the channel",
    "the signature does not fit; look at secret_env of the channel and at this machine's clock",
    "this machine is not in the robot's address list",
    "its keyword is missing; set keyword of the channel",
    "too many messages; it will be tried again later",
    "look the code up in the robot's documentation",
)

WATCHES: tuple[Form, ...] = (
    "watch {watch}: {words}",
    "nothing of it may be told any more.",
    "changes up to number {number} were dropped from the feed before they were told; compare with a snapshot.",
    "its receiver wants no more (410), so it was paused; mend it, then `harvester watch resume`.",
    "delivery {delivery} was given up ({words}) Send it again with `harvester watch retry`.",
    (
        "channel {channel}: {n} message was given up ({words}) See `harvester alerts`.",
        "channel {channel}: {n} messages were given up ({words}) See `harvester alerts`.",
    ),
)
