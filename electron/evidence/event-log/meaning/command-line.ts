/** Splits a kernel command line as the kernel does: at blanks outside double quotes (Documentation/admin-guide/kernel-parameters). */
export const parametersOf = (line: string): readonly string[] => {
  const parameters: string[] = [];
  let current = '';
  let quoted = false;
  for (const char of line.slice(0, 16_384)) {
    if (char === '"') quoted = !quoted;
    if (/\s/u.test(char) && !quoted) {
      if (current !== '') parameters.push(current);
      current = '';
    } else current += char;
  }
  if (current !== '') parameters.push(current);
  return parameters.slice(0, 1024);
};

/** Parameters that weaken or decide what the kernel enforces, and why a person should look. */
const NOTABLE: readonly (readonly [RegExp, string])[] = [
  [/^ima_appraise=(?:off|fix|log)$/u, 'IMA does not enforce signatures'],
  [/^ima_policy=/u, 'chooses what IMA measures and appraises'],
  [/^ima_(?:template|hash|tcb|canonical_fmt)/u, 'changes how IMA measures'],
  [/^lockdown=none$/u, 'kernel lockdown is off'],
  [/^lockdown=/u, 'kernel lockdown is set'],
  [/^(?:rd)?init=/u, 'starts another program as init'],
  [/^rd\.break/u, 'stops in a shell of the initial RAM disk'],
  [
    /^(?:single|emergency|rescue|1|s|systemd\.unit=(?:rescue|emergency)\.target|systemd\.debug[-_]shell.*)$/iu,
    'boots into a maintenance shell',
  ],
  [/^module\.sig_enforce(?:=(?:1|y))?$/iu, 'only signed modules load'],
  [/^module\.sig_enforce=(?:0|n)$/iu, 'unsigned modules load'],
  [/^(?:selinux|apparmor|security)=(?:0|none)$/u, 'mandatory access control is off'],
  [/^enforcing=0$/u, 'SELinux only warns'],
  [/^mitigations=off$/u, 'CPU vulnerability mitigations are off'],
  [/^(?:nosmap|nosmep|nokaslr|nopti|pti=off|spectre_v2=off|noexec=off)$/u, 'a kernel protection is off'],
  [/^(?:intel_iommu|amd_iommu)=off$|^iommu=(?:off|pt)$/u, 'DMA protection is weakened'],
  [/^audit=0$/u, 'auditing is off'],
  [/^(?:kgdboc|kgdbwait|ekgdboc)/u, 'kernel debugger'],
  [/^(?:efi=.*debug|debugfs=on)/u, 'debugging interface'],
  [/^fips=[01]$/u, 'FIPS mode'],
  [/^(?:dm-mod\.create|systemd\.verity|roothash|usrhash)/u, 'decides which root file system is verified'],
];

export const remarkOn = (parameter: string): string | undefined => NOTABLE.find(([pattern]) => pattern.test(parameter))?.[1];
