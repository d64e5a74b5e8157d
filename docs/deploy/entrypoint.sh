#!/bin/sh
# Take secrets from files into the environment of the program alone: NAME_FILE names the file of NAME. Then become the program, so that
# SIGTERM reaches it.
set -eu
for name in PGPASSWORD $(env | sed -n 's/^\(HARVESTER_[A-Z0-9_]*\)_FILE=.*/\1/p'); do
    eval "file=\${${name}_FILE:-}"
    if [ -n "$file" ]; then
        value=$(cat "$file")
        export "$name=$value"
        unset "${name}_FILE"
    fi
done
exec harvester "$@"
