#!/usr/bin/env bash
# Installs what the tests need, runs them all, and says how long each stage took.
#
#   ./tests/run.sh           everything that lands a change
#   ./tests/run.sh --long    the same, then soaks, full cross-products, and five minutes of fuzzing each target
#
# Nothing is skipped in silence: what could not run is listed by name, and is a failure where CI=true.
set -u
cd "$(dirname "$0")/.." || exit 2
export ASSAY_SHARED=${ASSAY_SHARED:-$(cd .. && pwd)/shared}
export ASSAY_WITNESS=$PWD/tests/witness
long=no
case "${1:-}" in
    --long) long=yes ;;
    "") ;;
    *) sed -n '2,8p' "$0"; exit 2 ;;
esac

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
failed=0
summary=()

stage() { # name, command...
    local name=$1 start end
    shift
    printf '\n== %s\n' "$name"
    start=$(date +%s)
    if "$@" 2>&1 | tee "$log/$name"; [ "${PIPESTATUS[0]}" -eq 0 ]; then
        end=$(date +%s)
        summary+=("$(printf '%5d s  ok      %s' $((end - start)) "$name")")
    else
        end=$(date +%s)
        summary+=("$(printf '%5d s  FAILED  %s' $((end - start)) "$name")")
        failed=$((failed + 1))
    fi
}

witnesses() {
    command -v cc >/dev/null || { echo "a C compiler is needed: apt-get install gcc libc6-dev"; return 1; }
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        (apt-get update && apt-get install -y python3-venv) || return 1
    fi
    command -v npm >/dev/null || (apt-get update && apt-get install -y nodejs npm) || return 1
    [ -x tests/witness/.venv/bin/python ] || python3 -m venv tests/witness/.venv || return 1
    tests/witness/.venv/bin/pip install --quiet --disable-pip-version-check -r tests/witness/requirements.txt || return 1
    npm ci --prefix tests/witness --silent --no-audit --no-fund
}

peers() { # the foreign server that must be compiled; the others are installed with the witnesses
    cargo build --quiet --locked --manifest-path tests/peers/webauthn-rp/app/Cargo.toml --target-dir target/peers
}

authenticators() { # the firmware that must be compiled; its storage is in C, and is read by libclang
    if ! find /usr/lib -name 'libclang*.so*' ! -name 'libclang-cpp*' 2>/dev/null | grep -q . && [ -z "${LIBCLANG_PATH:-}" ]; then
        (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libclang-dev) || return 1
    fi
    cargo build --quiet --locked --manifest-path tests/authenticators/firmware/app/Cargo.toml --target-dir target/authenticators
}

guest() { # a kernel in which a virtual key is a real one, and the programs that use it there
    local missing=() program
    for program in flex bison bc xz pkg-config busybox fido2-token ssh-keygen sshd lsusb udevadm setpriv; do
        PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || missing+=("$program")
    done
    pkg-config --exists libudev 2>/dev/null || missing+=(libudev)
    if [ "${#missing[@]}" -gt 0 ]; then
        echo "missing: ${missing[*]}"
        (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends make flex bison bc \
            xz-utils pkg-config libudev-dev busybox-static fido2-tools openssh-client openssh-server usbutils udev util-linux) || return 1
    fi
    if [ "$long" = yes ] && ! { command -v chromium && command -v Xvfb && command -v xdotool; } >/dev/null; then
        (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium xvfb xdotool) || return 1
    fi
    cargo build --quiet --locked --manifest-path second-opinion/Cargo.toml --target-dir target/second-opinion || return 1
    tests/guest/kernel.sh --cached 2>/dev/null || { apt-get update && tests/guest/kernel.sh; }
}

main_job() { # as a new user runs it, from somewhere else
    local out
    out=$(mktemp -d)
    cargo install --quiet --locked --path . --root "$out/installed" --target-dir target --no-track \
        && (cd "$out" && installed/bin/assay --state "$out/state" run --out "$out/report" </dev/null) \
        && [ -s "$out/report/report.html" ] && [ -s "$out/report/report.json" ] && [ -s "$out/report/junit.xml" ]
    local status=$?
    rm -rf "$out"
    return $status
}

stage witnesses witnesses
stage peers peers
stage authenticators authenticators
stage guest guest
stage format cargo fmt --all --check
stage lint cargo clippy --quiet --workspace --all-targets -- -D warnings
stage release-without-pkg-config env PKG_CONFIG=/bin/false cargo build --quiet --release
stage main-job main_job
stage tests cargo test --workspace --no-fail-fast
if [ "$long" = yes ]; then
    # A debug build would take hours over the full cross product.
    stage tests-long env ASSAY_LONG=1 cargo test --release --test lab --no-fail-fast
    stage bench cargo bench
    stage fuzz ./tests/fuzz.sh "${ASSAY_FUZZ_SECONDS:-300}"
fi

skipped=$(cat "$log"/tests* 2>/dev/null | grep -oE '^SKIPPED .*' | sort -u)
passed=$(cat "$log"/tests* 2>/dev/null | sed -nE 's/^test result: [a-zA-Z]+\. ([0-9]+) passed.*/\1/p' | awk '{s+=$1} END {print s+0}')
broken=$(cat "$log"/tests* 2>/dev/null | sed -nE 's/^test result: .* ([0-9]+) failed.*/\1/p' | awk '{s+=$1} END {print s+0}')
printf '\n== summary\n'
printf '%s\n' "${summary[@]}"
if [ -n "$skipped" ]; then
    printf '\n%s\n' "$skipped"
    [ "${CI:-}" = true ] && failed=$((failed + 1))
fi
[ "$failed" -gt 0 ] && [ "$broken" -eq 0 ] && broken=$failed
printf '%d passed, %d failed\n' "$passed" "$broken"
[ "$failed" -eq 0 ]
