#!/usr/bin/env bash
# kill_and_resume.sh PROGRAM_DIR DEMO_DIR KILLS [SEED]: kills a run (SIGKILL) at KILLS random moments, resumes it each time, and
# compares the layer files and the dense checkpoint, byte for byte, with those of an uninterrupted run. A run that finishes
# before all kills happened is checked and the next one is started.
set -euo pipefail
programs=$(realpath "$1") demo=$(realpath "$2") kills=$3
RANDOM=${4:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
vlmptq=$programs/vlmptq
export VLMPTQ_DB=$work/runs.db

settings=(--method vlmptq --bits 2 --calib "$demo/calib" --samples 24 --heldout 8 --mu-samples 8 --progress none -q)

runs_named() { "$vlmptq" runs list --csv --where "name=$1" --columns "$2" | tail -n +2; } # newest first, no heading

run_id() { runs_named "$1" id | sed -n 1p; } # of the newest run with that name; nothing when there is none

is_finished() { runs_named "$1" state | grep '^finished' >/dev/null; }

start() { exec "$vlmptq" quantize "$demo/model" "${settings[@]}" --name "$1" >/dev/null; }

checksums() { # of a run's layers and of its dense checkpoint
    local id=$1 out=$work/dense-$1
    "$vlmptq" export "$id" --out "$out" -q >/dev/null
    (cd "$work/runs/$id" && sha256sum layer-*.safetensors; cd "$out" && sha256sum ./*.safetensors)
    rm -rf "$out"
}

begin=$(date +%s%N)
(start reference)
duration=$(( ($(date +%s%N) - begin) / 1000000 ))
checksums "$(run_id reference)" >"$work/expected"
echo "uninterrupted run: $duration ms, $(wc -l <"$work/expected") files"

killed=0 finished=0
while [ "$killed" -lt "$kills" ]; do
    name=victim-$finished
    while :; do
        id=$(run_id "$name") # absent when the kill came before the run was stored: then it starts again
        if [ -z "$id" ]; then (start "$name") 2>"$work/stderr" & else
            "$vlmptq" quantize --resume="$id" --progress none -q >/dev/null 2>"$work/stderr" &
        fi
        pid=$!
        if [ "$killed" -lt "$kills" ]; then
            sleep "$(awk -v d="$duration" -v r="$RANDOM" 'BEGIN { printf "%.3f", d / 1000 * r / 32768 * 0.9 }')"
            kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
        fi
        code=0
        wait "$pid" 2>/dev/null || code=$?
        [ "$code" -eq 137 ] && ! is_finished "$name" && continue
        [ "$code" -eq 137 ] && code=0 # killed in its very last step, after the result was stored
        [ "$code" -eq 0 ] && break
        echo "run $name failed with exit code $code after $killed kills:"
        cat "$work/stderr"
        exit 1
    done
    id=$(run_id "$name")
    checksums "$id" >"$work/found"
    diff "$work/expected" "$work/found" || { echo "the resumed run $id differs after $killed kills"; exit 1; }
    finished=$((finished + 1))
done
echo "$killed kills, $finished resumed runs, every file byte-identical"
