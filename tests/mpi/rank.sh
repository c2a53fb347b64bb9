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
if [ $code -gt 128 ]; then kill -$((code - 128)) $$; fi  # die as the rank did: the launcher takes an exit for a decision
exit $code
