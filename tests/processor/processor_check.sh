#!/usr/bin/env bash
# A program built for a greater processor says so in one line, exits with 2, and runs none of its own code.
program=$1
output=$("$program" 2>&1)
code=$?
printf 'exit code %s, output: %s\n' "$code" "$output"
[ $code -eq 2 ] && [[ $output == "exmc_mpi: built for a processor with avx5124fmaps, which this one lacks:"* ]] &&
  [[ $output != *$'\n'* ]] && [[ $(OMPI_COMM_WORLD_LOCAL_RANK=3 "$program" 2>&1) == "" ]]
