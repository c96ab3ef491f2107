#!/usr/bin/env bash
# Runs a command under the kernel of kernel.sh.
#
#   tests/guest/run.sh [-t SECONDS] [-w FOLDER] COMMAND [ARGUMENT...]
#
# The command sees this machine's files, in the same folder and with the same environment, as root. What it writes is gone
# afterwards, but for what it writes below FOLDER. There are /dev/uhid, hidraw, vhci-hcd, udev and a loopback device.
# Its output, both kinds together, is this script's; so is its exit status, but 124 where time ran out (300 s, unless
# said otherwise) and 125 where the guest itself failed. Needs busybox; neither KVM nor root.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
seconds=300 writable=
fail() { echo "run.sh: $*" >&2; exit 125; }
while getopts t:w: option; do
    case $option in
        t) seconds=$OPTARG ;;
        w) writable=$(realpath "$OPTARG") || exit 125 ;;
        *) exit 125 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || fail "no command; the head of $0 says how"
kernel=${ASSAY_GUEST_KERNEL:-$("$here/kernel.sh")} || fail "no kernel"
busybox=$(command -v busybox) || fail "no busybox: apt-get install busybox-static"

# What the two halves of the guest's beginning read, and where the second leaves the exit status.
job=$(mktemp -d)
trap 'rm -rf "$job"' EXIT
printf '%s\n' "$writable" >"$job/writable"
pwd >"$job/folder"
export -p >"$job/environment"
printf '%q ' "$@" >"$job/command"

# Process 1, on the host's files read-only: puts a writable layer on them, and changes over.
cat >"$job/first" <<END
#!$busybox sh
b=$busybox
\$b mount -t tmpfs layer /mnt && \$b mkdir /mnt/upper /mnt/work /mnt/root || \$b poweroff -f
\$b mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work layer /mnt/root
cd /mnt/root
\$b mount -t proc proc proc
\$b mount -t sysfs sysfs sys
\$b mount -t devtmpfs devices dev
\$b mkdir -p dev/pts dev/shm
\$b mount -t devpts terminals dev/pts
for folder in dev/shm run tmp; do \$b mount -t tmpfs -o mode=1777 tmpfs \$folder; done
\$b mkdir run/guest
\$b mount -t hostfs -o $job none run/guest
read -r writable <run/guest/writable
if [ -n "\$writable" ]; then
    \$b mkdir -p ".\$writable"
    \$b mount -t hostfs -o "\$writable" none ".\$writable"
fi
exec \$b chroot . $BASH /run/guest/second
END
cat >"$job/second" <<'END'
. /run/guest/environment
busybox ip link set lo up
/lib/systemd/systemd-udevd --daemon 2>/dev/null
udevadm trigger --action=add --subsystem-match=misc --subsystem-match=hidraw --subsystem-match=usb
udevadm settle
cd "$(cat /run/guest/folder)"
exec 7>/dev/tty1
stty -F /dev/tty1 raw -echo
# No terminal of its own: a program that asks for a PIN must read it from where the test says.
setsid bash /run/guest/command </dev/null >&7 2>&1 7>&-
echo $? >/run/guest/status
sync
busybox poweroff -f
END
chmod +x "$job/first"

# Terminal 0 has what the kernel says, terminal 1 the command's output. Nothing may be read from either.
exec 4>&1 5>"$job/kernel"
timeout --foreground "$seconds" "$kernel" mem=768M root=/dev/root rootfstype=hostfs ro quiet init="$job/first" \
    uml_dir="$job" umid=guest con=null con0=null,fd:5 con1=null,fd:4 </dev/null >>"$job/kernel" 2>&1
ended=$?
[ -s "$job/status" ] && exit "$(cat "$job/status")"
tail -n 20 "$job/kernel" >&2
[ "$ended" -eq 124 ] && { echo "run.sh: not done after $seconds s" >&2; exit 124; }
fail "the guest ended without a status (kernel: $ended)"
