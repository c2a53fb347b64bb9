#!/usr/bin/env bash
# Runs one rank and notes its process and its own exit code in $RANK_NOTES: the launcher loses them.
rank=${OMPI_COMM_WORLD_RANK:-0}
"$@" &
child=$!
echo $child >"$RANK_NOTES/$rank.pid.new"
mv "$RANK_NOTES/$rank.pid.new" "$RANK_NOTES/$rank.pid"
wait $child
code=$?
echo $code >"$RANK_NOTES/$rank.code"
exit $code
