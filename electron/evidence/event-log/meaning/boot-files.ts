/** Boot programs by the path they were loaded from. A path is a claim: the digest in PCR 4 is of the image. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/[\\/]shim[\w-]*\.efi$/iu, 'shim'],
  [/[\\/](?:mm|MokManager)[\w-]*\.efi$/iu, 'shim key manager'],
  [/[\\/](?:fb|fallback)[\w-]*\.efi$/iu, 'shim fallback'],
  [/[\\/](?:grub|gcd|core)[\w-]*\.efi$/iu, 'GRUB'],
  [/[\\/]systemd-boot[\w-]*\.efi$/iu, 'systemd-boot'],
  [/[\\/]EFI[\\/]Linux[\\/][^\\/]+\.efi$/iu, 'unified kernel image'],
  [/[\\/]bootmgfw[\w-]*\.efi$/iu, 'Windows boot manager'],
  [/[\\/]bootmgr[\w-]*\.efi$/iu, 'Windows boot manager'],
  [/[\\/](?:winload|winresume)[\w-]*\.(?:efi|exe)$/iu, 'Windows loader'],
  [/[\\/]fwup[\w-]*\.efi$/iu, 'firmware updater'],
  [/[\\/]refind[\w-]*\.efi$/iu, 'rEFInd'],
  [/[\\/](?:snponly|ipxe)[\w-]*\.efi$/iu, 'iPXE'],
  [/[\\/]BOOT(?:X64|AA64|IA32|ARM|RISCV64)\.EFI$/iu, 'default boot program of the medium'],
  [/(?:^|[\\/])(?:vmlinuz|bzImage|linux|kernel)[^\\/]*$/iu, 'Linux kernel'],
  [/^(?:Pci|Acpi|PciRoot)\([^\\]*\/(?:Offset|Rom)\(/u, 'option ROM'],
];

export const programOf = (path: string): string | undefined => PROGRAMS.find(([pattern]) => pattern.test(path))?.[1];

const MAX_PATH_CHARACTERS = 400;

/** A path without the versions in it, so that the next kernel is recognised as the same thing. */
export const withoutVersions = (path: string): string =>
  // Cut first: a long run of digits would cost its square.
  path.slice(0, MAX_PATH_CHARACTERS).replace(/\d+(?:[._-]\d+)+(?:[._-][a-z0-9]+)*/giu, '#');

export const isKernelFile = (path: string): boolean => /(?:^|[\\/])(?:vmlinuz|bzImage)[^\\/\s]*$/iu.test(path);
export const isInitialRamDisk = (path: string): boolean =>
  /(?:^|[\\/])(?:initrd|initramfs|ucode|intel-ucode|amd-ucode)[^\\/\s]*$/iu.test(path);
