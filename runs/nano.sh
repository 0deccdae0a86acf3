#!/bin/sh
# The model in the box, from nothing: clips of the stage, text encoder, transformer, decoder, judge, probes, report.
# Two cores take about two hours, a GPU half an hour; more time makes a better model. Run it again to go on where it
# stopped. On a GPU all cores make clips in the background while it trains; one with 80 GB keeps 28,800 of them.
#
# On a machine that one logs out of, each with a folder for the results and the hours:
#   GPU:  setsid runs/nano.sh work/gpu 0.5 > work/gpu.log 2>&1 < /dev/null &
#   CPU:  setsid runs/nano.sh work/cpu 2 > work/cpu.log 2>&1 < /dev/null &
# With kernel.sched_autogroup_enabled=1 nice means nothing between terminals: set it to 0 to train beside other work.
# Stopped (kill -TERM -- -PID) or cut off, the same line goes on from the last checkpoint, at most four minutes old.
set -eu
cd "$(dirname "$0")/.."
# Without this, threads that wait keep the cores from those that work.
export OMP_WAIT_POLICY=passive OMP_NUM_THREADS=1
exec nice -n 10 .venv/bin/yingxi train nano --out "${1:-work/nano}" --hours "${2:-2}"
