#!/usr/bin/env bash
# The cargo that `make setup` chose.
. "$(dirname "$0")/environment.sh"
exec $CARGO "$@"
