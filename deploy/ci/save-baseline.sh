#!/bin/sh
# Keeps the runs of measure.sh as the baseline of a branch; a pipeline does it on that branch alone.
#   environment: BASELINES, BASELINE as for measure.sh
set -eu
mik-replay baseline save --force --folder "${BASELINES:-baselines}" "${BASELINE:-main}" results/run-*.mrr
