#!/usr/bin/env bash
# Runs one rank and notes its process and its own exit code in $RANK_NOTES: the launcher loses them, and sends SIGTERM to
# the rest once one rank has left with another code than 0.
rank=${OMPI_COMM_WORLD_RANK:-0}
trap : TERM
"$@" &
child=$!
echo $child >"$RANK_NOTES/$rank.pid.new"
mv "$RANK_NOTES/$rank.pid.new" "$RANK_NOTES/$rank.pid"
wait $child
code=$?
while kill -0 $child 2>/dev/null; do  # it was the signal that ended the wait
  wait $child
  code=$?
done
echo $code >"$RANK_NOTES/$rank.code"
if [ $code -gt 128 ]; then kill -$((code - 128)) $$; fi  # die as the rank did: the launcher takes an exit for a decision
exit $code
