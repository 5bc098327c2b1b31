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

run_id() { "$vlmptq" runs list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["runs"][0]["id"])' ; }

start() { "$vlmptq" quantize "$demo/model" "${settings[@]}" --name "$1" >/dev/null; }

checksums() { # of a run's layers and of its dense checkpoint
    local id=$1 out=$work/dense-$1
    "$vlmptq" export "$id" --out "$out" -q >/dev/null
    (cd "$work/runs/$id" && sha256sum layer-*.safetensors; cd "$out" && sha256sum ./*.safetensors)
}

begin=$(date +%s%N)
start reference
duration=$(( ($(date +%s%N) - begin) / 1000000 ))
checksums "$(run_id)" >"$work/expected"
echo "uninterrupted run: $duration ms, $(wc -l <"$work/expected") files"

killed=0 finished=0
while [ "$killed" -lt "$kills" ]; do
    "$vlmptq" quantize "$demo/model" "${settings[@]}" --name "victim" >/dev/null 2>&1 &
    while :; do
        pid=$!
        sleep "$(printf '0.%03d' $((RANDOM % 1000)))"
        [ $((RANDOM % 2)) -eq 0 ] && sleep "$(awk -v d="$duration" -v r="$RANDOM" 'BEGIN { printf "%.3f", d / 1000 * r / 32768 / 2 }')"
        if ! kill -9 "$pid" 2>/dev/null || [ "$killed" -ge "$kills" ]; then break; fi
        wait "$pid" 2>/dev/null || true
        killed=$((killed + 1))
        id=$(run_id)
        "$vlmptq" quantize --resume="$id" --progress none -q >/dev/null 2>"$work/stderr" &
    done
    if ! wait "$pid"; then
        echo "a resumed run failed after $killed kills:"
        cat "$work/stderr"
        exit 1
    fi
    id=$(run_id)
    checksums "$id" >"$work/found"
    rm -rf "$work/dense-$id"
    diff "$work/expected" "$work/found" || { echo "the resumed run $id differs after $killed kills"; exit 1; }
    finished=$((finished + 1))
done
echo "$killed kills, $finished resumed runs, every file byte-identical"
