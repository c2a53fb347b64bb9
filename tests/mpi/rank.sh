#!/usr/bin/env bash
# Runs one rank and notes its process and its own exit code in $RANK_NOTES: the launcher loses them, and ends the rest
# once one rank has left with another code than 0. So the note is taken in a session of its own, which is left alone.
rank=${OMPI_COMM_WORLD_RANK:-0}
export rank
setsid bash -c '
  "$@" &
  child=$!
  echo $child >"$RANK_NOTES/$rank.pid.new"
  mv "$RANK_NOTES/$rank.pid.new" "$RANK_NOTES/$rank.pid"
  wait $child
  code=$?
  echo $code >"$RANK_NOTES/$rank.code"
  exit $code' rank "$@" &
noter=$!
trap : TERM
wait $noter
code=$?
while kill -0 $noter 2>/dev/null; do  # it was the signal that ended the wait
  wait $noter
  code=$?
done
if [ $code -gt 128 ]; then kill -$((code - 128)) $$; fi  # die as the rank did: the launcher takes an exit for a decision
exit $code
