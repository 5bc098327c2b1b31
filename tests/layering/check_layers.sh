#!/usr/bin/env bash
# check_layers.sh SOURCE_DIR PROGRAM_DIR: fails, naming every line, when an include or a linked library breaks the layers.
set -u
source_dir=$1 programs=$2
cd "$source_dir" || exit 2
failures=0

# deny REASON PATTERN PATH…: no #include line in the paths may match the pattern.
deny() {
    local reason=$1 pattern=$2 found
    shift 2
    found=$(grep -rnE "^ *# *include *[<\"]($pattern)" --include='*.h' --include='*.cpp' --include='*.cu' "$@" 2>/dev/null)
    [ -z "$found" ] && return
    printf '%s:\n%s\n' "$reason" "$found"
    failures=$((failures + 1))
}

qt='Q[A-Za-z]+|qcustomplot'
torch='torch/|ATen/|c10/'
# What only engine sources may include: everything that is not part of the core library.
tensor_part='engine/(model|quant|kernels|export|families/[^/]+)/|engine/(device|workers)\.h'
tensor_part+='|engine/calibration/(streams|gram|activation|error)|engine/evaluation/(runner|ask|model_identity|image_cache)'
core_folders=(engine/core engine/api engine/store engine/jobs engine/checkpoint engine/text engine/image)
core_files=$(ls engine/families/processor* engine/families/*/processor* engine/calibration/dataset* engine/evaluation/benchmark* \
    engine/evaluation/scorer*.* engine/evaluation/scorers/* engine/evaluation/tsv* engine/export/format* 2>/dev/null)

deny "The engine includes Qt" "$qt" engine
deny "The user interface or a program includes LibTorch" "$torch" ui app
deny "The core library includes LibTorch" "$torch" "${core_folders[@]}" $core_files
deny "The command line includes Qt" "$qt" app/cli
deny "The kernels include LibTorch" "$torch" engine/kernels
deny "core/ depends on a higher layer" 'engine/(store|api|jobs|checkpoint|text|image|families|calibration|model|quant|kernels|evaluation|export)/' engine/core
deny "store/ depends on a higher layer" 'engine/(api|jobs|checkpoint|text|image|families|calibration|model|quant|kernels|evaluation|export)/' engine/store
deny "checkpoint/ depends on a higher layer" 'engine/(store|api|jobs|image|families|calibration|model|quant|evaluation|export)/' engine/checkpoint
deny "image/ or text/ depends on a higher layer" 'engine/(store|api|jobs|families|calibration|model|quant|evaluation|export)/' engine/image engine/text
deny "families/ depends on a higher layer" 'engine/(store|jobs|calibration|quant|evaluation|export)/' engine/families
deny "model/ depends on a higher layer" 'engine/(store|jobs|calibration|quant|evaluation|export)/' engine/model
deny "calibration/ depends on a higher layer" 'engine/(store|jobs|quant|evaluation|export)/' engine/calibration
deny "quant/ depends on a higher layer" 'engine/(store|jobs|evaluation|export)/' engine/quant
deny "evaluation/ or export/ depends on a higher layer" 'engine/(store|jobs)/' engine/evaluation engine/export
deny "kernels/ depends on a higher layer" 'engine/(store|jobs|api|families|calibration|model|quant|evaluation|export)/' engine/kernels
deny "The user interface reaches into the tensor part of the engine" "$tensor_part" ui app
deny "The engine includes the user interface" '(ui|app)/' engine

# needs PROGRAM PATTERN: no directly linked library of the program may match.
not_linked() {
    local found
    [ -e "$programs/$1" ] || { echo "$programs/$1 was not built"; failures=$((failures + 1)); return; }
    found=$(readelf -d "$programs/$1" | grep NEEDED | grep -iE "$2")
    [ -z "$found" ] && return
    printf '%s is linked to:\n%s\n' "$1" "$found"
    failures=$((failures + 1))
}
not_linked vlmptq 'torch|c10|Qt6'
not_linked libvlmptq_core.so 'torch|c10|Qt6'
not_linked libvlmptq_engine.so 'Qt6'
[ -e "$programs/vlmptq-studio" ] && not_linked vlmptq-studio 'torch|c10'

[ "$failures" -eq 0 ] && echo "Every layer depends only on lower ones."
exit "$((failures > 0))"
