#!/usr/bin/env bash
# Builds the guest's kernel, once, and prints where it is.
#
#   tests/guest/kernel.sh [--cached]     with --cached it builds nothing, and fails where there is none
#
# User-Mode Linux from Debian's own source package: an ordinary program that is a Linux kernel, with the
# parts that a security key needs (hidraw, UHID, USB over vhci-hcd), which Debian's user-mode-linux leaves out.
# It lies under $ASSAY_GUEST_CACHE, else in the user's cache folder, by the source's version and a digest of what is
# wanted of it: 140 MB to fetch and some five minutes of CPU the first time, nothing after that.
set -euo pipefail
cache=${ASSAY_GUEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/assay}
say() { echo "kernel.sh: $*" >&2; }

package=$(apt-cache depends linux-source 2>/dev/null | sed -n 's/.*Depends: \(linux-source-[0-9.]*\)$/\1/p')
[ -n "$package" ] || { say "apt knows no linux-source: run apt-get update"; exit 1; }
version=$(apt-cache policy "$package" | sed -n 's/ *Candidate: //p')
place=

build() {
    place=$(mktemp -d "$cache/build.XXXXXX")
    trap 'rm -rf "$place"' EXIT
    # apt fetches as a user of its own.
    chmod 755 "$place"
    cd "$place"
    say "fetching $package $version"
    apt-get -qq download "$package=$version" >&2
    dpkg-deb --fsys-tarfile "$package"_*.deb | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' >source.tar.xz
    rm ./*.deb
    mkdir source
    # A fifth of the tree is one graphics driver.
    tar -xJf source.tar.xz -C source --strip-components=1 --exclude='*/drivers/gpu/drm/amd/*.[ch]'
    rm source.tar.xz
    cd source
    wanted >wanted.config
    KCONFIG_ALLCONFIG=wanted.config make -s ARCH=um allnoconfig >&2
    # Kconfig drops in silence what it cannot fulfil.
    while read -r line; do
        grep -qxF "$line" .config || { say "not in the configuration: $line"; return 1; }
    done < <(grep -E '_(HIDRAW|UHID|HOSTFS|OVERLAY_FS|USBIP_VHCI_HCD|USB_HID|INET|UNIX98_PTYS|DEVTMPFS|TCG_VTPM_PROXY)=y$' wanted.config)
    say "compiling"
    nice make -s ARCH=um -j"$(nproc)" linux >&2
    mv linux "$kernel.new"
    mv "$kernel.new" "$kernel"
}

wanted() {
    local option
    for option in \
        64BIT MULTIUSER SHMEM SYSVIPC POSIX_TIMERS FUTEX EPOLL SIGNALFD TIMERFD EVENTFD FHANDLE PRINTK BINFMT_ELF BINFMT_SCRIPT \
        ADVISE_SYSCALLS MEMBARRIER NO_HZ_IDLE HIGH_RES_TIMERS CGROUPS NAMESPACES USER_NS PID_NS NET_NS IPC_NS UTS_NS \
        SECCOMP SECCOMP_FILTER INOTIFY_USER FANOTIFY FILE_LOCKING AIO TTY UNIX98_PTYS PROC_FS PROC_SYSCTL SYSFS TMPFS \
        TMPFS_XATTR TMPFS_POSIX_ACL DEVTMPFS HOSTFS OVERLAY_FS STDERR_CONSOLE NULL_CHAN NET UNIX UNIX_DIAG INET PACKET \
        VIRTIO_MENU VIRTIO_UML UML_PCI_OVER_VIRTIO INPUT HID_SUPPORT HID HIDRAW UHID HID_GENERIC USB_SUPPORT USB \
        USB_ANNOUNCE_NEW_DEVICES USB_HID USB_HIDDEV USBIP_CORE USBIP_VHCI_HCD HW_RANDOM UML_RANDOM TCG_TPM TCG_VTPM_PROXY; do
        echo "CONFIG_$option=y"
    done
    # Gives the machine memory-mapped I/O, without which there is no USB; no device has this number.
    echo CONFIG_UML_PCI_OVER_VIRTIO_DEVICE_ID=1234
}

kernel=$cache/linux-uml-$version-$(wanted | sha256sum | cut -c1-12)
[ "${1:-}" != --cached ] || [ -x "$kernel" ] || { say "no $kernel"; exit 1; }
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
[ -x "$kernel" ] || (build)
echo "$kernel"
