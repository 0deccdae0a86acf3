#!/bin/sh
# The model in the box, from nothing: clips of the stage, text encoder, autoencoder, judge, transformer.
# Two cores take about two hours; more time makes a better model. Run it again to go on where it stopped.
set -eu
cd "$(dirname "$0")/.."
# Without this, threads that wait keep the cores from those that work.
export OMP_WAIT_POLICY=passive OMP_NUM_THREADS=1
exec nice -n 10 .venv/bin/yingxi train nano --out "${1:-work/nano}" --hours "${2:-2}"
