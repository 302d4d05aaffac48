#!/bin/sh
# Replays a trace against the build under test, judges it, and leaves the files that a pipeline shows.
#   usage: measure.sh TRACE TARGET
#   environment: REPETITIONS (6), SPEED (1x), TARGETS (a file of thresholds, optional),
#                BASELINES (the folder of baselines), BASELINE (its name: the branch to compare with),
#                BEFORE_RUN (a command that restarts the server, optional)
# Leaves in ./results: run-N.mrr, report.html, comment.md, checks.xml.
# Ends with the worst of the steps: 0 fine, 1 slower or a target missed, 3 not valid, 4 not decided.
set -u
trace=$1
target=$2
repetitions=${REPETITIONS:-6}
baselines=${BASELINES:-baselines}
name=${BASELINE:-main}

rm -rf results
mkdir -p results
worst=0
# Statuses above 4 say that something could not be done at all.
note() {
    [ "$1" -le "$worst" ] || worst=$1
    [ "$1" -le 4 ] || exit "$1"
}

number=1
while [ "$number" -le "$repetitions" ]; do
    [ -z "${BEFORE_RUN:-}" ] || sh -c "$BEFORE_RUN" || exit 70
    mik-replay --quiet --speed "${SPEED:-1x}" --target "$target" -o "results/run-$number.mrr" "$trace" || note $?
    number=$((number + 1))
done

set -- --html results/report.html --junit results/checks.xml --markdown results/comment.md
[ -z "${TARGETS:-}" ] || set -- "$@" --targets "$TARGETS"
mik-replay report results/run-1.mrr "$@" || note $?

if [ -d "$baselines/$name" ]; then
    mik-replay baseline compare --folder "$baselines" "$name" results/run-*.mrr --markdown results/diff.md || note $?
    [ ! -f results/diff.md ] || { echo; cat results/diff.md; } >> results/comment.md
else
    echo "measure.sh: no baseline $name yet" >&2
fi
exit "$worst"
