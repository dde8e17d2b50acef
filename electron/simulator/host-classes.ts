/** Invented machines with real operating-system habits. Nothing here names a real hardware maker. */
export type HostClass = {
  readonly id: string;
  /** As an administrator would write it into the host's metadata. */
  readonly label: string;
  readonly vendor: string;
  readonly firmwareVersion: string;
  readonly firmwareBlobs: readonly string[];
  readonly startupLocality: 0 | 3 | null;
  readonly architecture: 'x64' | 'aa64';
  readonly bootDirectory: string;
  readonly bootLabel: string;
  readonly kernelRelease: string;
  readonly kernelFile: string;
  readonly initrdFile: string;
  readonly rootArguments: string;
  readonly grubDirectory: string;
  readonly libraryDirectory: string;
  /** Paths of container engine and orchestrator binaries; empty on machines that run no containers. */
  readonly containerBinaries: readonly string[];
  /** How many ordinary files are measured during boot. */
  readonly bootFiles: number;
  readonly dbxEntries: number;
  /** Relative frequency in a fleet. */
  readonly weight: number;
  readonly tpmFirmware: bigint;
};

const CONTAINERS = ['/usr/bin/containerd', '/usr/bin/containerd-shim-runc-v2', '/usr/sbin/runc', '/usr/bin/kubelet'] as const;

export const HOST_CLASSES: readonly HostClass[] = [
  {
    id: 'halvorsen-r5-debian',
    label: 'Halvorsen R5 rack server, Debian 13',
    vendor: 'Halvorsen Systems',
    firmwareVersion: 'HVR5 2.14.3',
    firmwareBlobs: ['Boot block', 'DXE volume', 'Management engine glue'],
    startupLocality: null,
    architecture: 'x64',
    bootDirectory: '\\EFI\\debian',
    bootLabel: 'debian',
    kernelRelease: '6.12.48+deb13-amd64',
    kernelFile: 'vmlinuz-6.12.48+deb13-amd64',
    initrdFile: 'initrd.img-6.12.48+deb13-amd64',
    rootArguments: 'root=UUID=4f1d5a52-90c5-4e27-8d57-3f2be7a1d0c4 ro quiet ima_policy=tcb ima_hash=sha256',
    grubDirectory: '/grub',
    libraryDirectory: '/usr/lib/x86_64-linux-gnu',
    containerBinaries: CONTAINERS,
    bootFiles: 310,
    dbxEntries: 212,
    weight: 34,
    tpmFirmware: 0x0007000200050000n,
  },
  {
    id: 'castellan-dl7-el9',
    label: 'Castellan DL7 rack server, Enterprise Linux 9',
    vendor: 'Castellan Computing',
    firmwareVersion: 'CX46 v3.40',
    firmwareBlobs: ['System ROM', 'Innovation engine'],
    startupLocality: 3,
    architecture: 'x64',
    bootDirectory: '\\EFI\\enterprise',
    bootLabel: 'Enterprise Linux',
    kernelRelease: '5.14.0-570.22.1.el9_6.x86_64',
    kernelFile: 'vmlinuz-5.14.0-570.22.1.el9_6.x86_64',
    initrdFile: 'initramfs-5.14.0-570.22.1.el9_6.x86_64.img',
    rootArguments:
      'root=/dev/mapper/system-root ro crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M rd.lvm.lv=system/root ima_policy=tcb ima_hash=sha256',
    grubDirectory: '/grub2',
    libraryDirectory: '/usr/lib64',
    containerBinaries: CONTAINERS,
    bootFiles: 390,
    dbxEntries: 371,
    weight: 28,
    tpmFirmware: 0x0001025800120000n,
  },
  {
    id: 'tessel-t2-ubuntu',
    label: 'Tessel T2 twin server, Ubuntu 24.04',
    vendor: 'Tessel Micro',
    firmwareVersion: 'T2B-1.9b',
    firmwareBlobs: ['FV_MAIN', 'FV_BB'],
    startupLocality: 0,
    architecture: 'x64',
    bootDirectory: '\\EFI\\ubuntu',
    bootLabel: 'ubuntu',
    kernelRelease: '6.8.0-85-generic',
    kernelFile: 'vmlinuz-6.8.0-85-generic',
    initrdFile: 'initrd.img-6.8.0-85-generic',
    rootArguments: 'root=UUID=a2f6d6b1-7c0e-4d0c-9a55-06f2c27cbb1e ro ima_policy=tcb ima_hash=sha256 console=ttyS1,115200n8',
    grubDirectory: '/grub',
    libraryDirectory: '/usr/lib/x86_64-linux-gnu',
    containerBinaries: CONTAINERS,
    bootFiles: 270,
    dbxEntries: 160,
    weight: 24,
    tpmFirmware: 0x0007005500040000n,
  },
  {
    id: 'brackenfell-e1-edge',
    label: 'Brackenfell E1 edge box, Flatcar (arm64)',
    vendor: 'Brackenfell Edge',
    firmwareVersion: 'E1-UEFI 24.05',
    firmwareBlobs: ['TF-A and UEFI'],
    startupLocality: null,
    architecture: 'aa64',
    bootDirectory: '\\EFI\\boot',
    bootLabel: 'Flatcar Container Linux',
    kernelRelease: '6.6.95-flatcar',
    kernelFile: 'vmlinuz-a',
    initrdFile: 'initrd-a.img',
    rootArguments: 'mount.usr=/dev/mapper/usr rootflags=rw consoleblank=0 root=LABEL=ROOT ima_policy=tcb ima_hash=sha256',
    grubDirectory: '/flatcar/grub',
    libraryDirectory: '/usr/lib64',
    containerBinaries: CONTAINERS,
    bootFiles: 160,
    dbxEntries: 120,
    weight: 14,
    tpmFirmware: 0x0005004900020000n,
  },
];

const PROGRAMS = [
  'systemd/systemd systemd/systemd-journald systemd/systemd-udevd systemd/systemd-networkd systemd/systemd-resolved systemd/systemd-logind systemd/systemd-timesyncd',
  'bash dash ls cat cp mv rm ln mkdir chmod chown stat touch date sort uniq head tail wc cut tr tee sed grep awk find xargs test env id uname hostname sleep true false',
  'mount umount lsblk blkid fsck mkfs.ext4 swapon losetup dmesg sysctl modprobe kmod lsmod ip ss ping ethtool nft iptables tc bridge udevadm',
  'python3 perl openssl curl gpg ssh sshd ssh-keygen rsync tar gzip xz zstd base64 sha256sum jq less vim.tiny tmux top ps kill pgrep free vmstat iostat lsof strace',
  'dbus-daemon polkitd rsyslogd cron chronyd auditd irqbalance lldpd snmpd smartd mdadm multipathd iscsid nvme tpm2 keylime_agent node_exporter fluent-bit crictl ctr cni-bridge cni-host-local etcdctl',
]
  .join(' ')
  .split(' ');

const LIBRARIES =
  'c m dl pthread rt resolv crypt ssl crypto z lzma zstd bz2 lz4 systemd udev cap acl attr selinux pcre2-8 mount blkid uuid gcc_s stdc++ readline tinfo ncursesw gmp nettle hogweed gnutls p11-kit tasn1 idn2 unistring kmod seccomp audit pam pam_misc dbus-1 expat glib-2.0 gio-2.0 gobject-2.0 ffi nss_files nss_systemd tss2-esys tss2-sys tss2-mu tss2-tcti-device json-c curl nghttp2 ssh2 ldap-2.5 sasl2 krb5 k5crypto com_err nl-3 nl-genl-3 nftnl mnl xtables sqlite3 xml2 yaml archive elf dw bpf cryptsetup devmapper lvm2cmd aio numa rdmacm ibverbs'.split(
    ' ',
  );

const MODULES =
  'nvme nvme_core tpm_tis tpm_crb overlay br_netfilter nf_conntrack nf_nat nft_chain_nat xt_MASQUERADE xt_conntrack veth bonding 8021q ixgbe i40e ice mlx5_core megaraid_sas mpt3sas dm_mod dm_crypt dm_verity raid1 ext4 xfs btrfs vfat ipmi_si ipmi_devintf kvm kvm_intel kvm_amd vhost_net tun vxlan geneve ip_set ipvs tls aesni_intel sha512_ssse3 rtc_cmos'.split(
    ' ',
  );

/** Files that a machine of this class measures while it boots, in order. */
export const bootFiles = (hostClass: HostClass): readonly string[] => {
  const programs = PROGRAMS.map((name) => (name.startsWith('systemd/') ? `/usr/lib/${name}` : `/usr/bin/${name}`));
  const libraries = LIBRARIES.map((name, at) => `${hostClass.libraryDirectory}/lib${name}.so.${at % 7}`);
  const modules = MODULES.map((name) => `/usr/lib/modules/${hostClass.kernelRelease}/kernel/drivers/${name}.ko`);
  const units = PROGRAMS.slice(0, 120).map(
    (name) => `/usr/libexec/${hostClass.bootLabel.toLowerCase().replaceAll(' ', '-')}/${name.split('/').at(-1) ?? name}-helper`,
  );
  const all = [...libraries.slice(0, 40), ...programs, ...libraries.slice(40), ...modules, ...units];
  return [...all.slice(0, hostClass.bootFiles - hostClass.containerBinaries.length), ...hostClass.containerBinaries];
};

/** Files that turn up one by one while the machine runs. */
export const runtimeFiles = (hostClass: HostClass): readonly string[] =>
  Array.from({ length: 120 }, (_, at) => {
    const library = LIBRARIES[(at * 7) % LIBRARIES.length] ?? 'c';
    const program = PROGRAMS[(at * 11) % PROGRAMS.length]?.split('/').at(-1) ?? 'true';
    if (at % 3 === 0) return `/usr/share/python3/dist/${program}/module_${at}.so`;
    if (at % 3 === 1) return `/opt/services/bin/${program}-worker-${at}`;
    return `${hostClass.libraryDirectory}/plugins/${library}/plugin-${at}.so`;
  });
