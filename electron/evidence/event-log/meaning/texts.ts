import { isInitialRamDisk, isKernelFile, withoutVersions } from './boot-files.ts';
import { parametersOf, remarkOn } from './command-line.ts';
import { claim, draft, rawText, valueFact, visible, wholeFact } from './draft.ts';
import type { DraftFact, DraftMeaning } from './types.ts';

const OWNER_LISTS: ReadonlyMap<string, string> = new Map([
  ['MokList', 'machine owner keys that shim trusts'],
  ['MokListX', 'machine owner revocations'],
  ['MokListRT', 'machine owner keys that shim trusts'],
  ['MokListXRT', 'machine owner revocations'],
  ['MokSBState', 'whether shim validates what it starts'],
  ['MokSBStateRT', 'whether shim validates what it starts'],
  ['MokDBState', 'whether shim ignores db'],
  ['MokIgnoreDB', 'whether shim ignores db'],
  ['MokListTrusted', 'whether the kernel trusts machine owner keys'],
  ['MokListTrustedRT', 'whether the kernel trusts machine owner keys'],
  ['Shim', "shim's own certificate"],
  ['SbatLevel', 'revocation level'],
]);
export const ownerListOf = (name: string): string | undefined => OWNER_LISTS.get(name);

const SECTION = /^\.(?:linux|osrel|cmdline|initrd|ucode|splash|dtb|dtbauto|uname|sbat|pcrsig|pcrpkey|profile|hwids)$/u;

/** Linux takes 2048 characters on most architectures, and on none more than these (COMMAND_LINE_SIZE). */
const MAX_COMMAND_LINE = 4096;

export const commandLineMeaning = (line: string): DraftMeaning => {
  const parameters = parametersOf(line);
  const facts: DraftFact[] = [valueFact('command line', line)];
  for (const parameter of parameters) {
    const remark = remarkOn(parameter);
    if (remark !== undefined) facts.push(valueFact('attention', `${parameter}: ${remark}`));
  }
  return {
    ...draft('kernel-command-line', 'kernel command line', facts),
    parameters: parameters.map((one) => visible(one, 200)),
    commandLine: line.length > MAX_COMMAND_LINE ? null : visible(line, MAX_COMMAND_LINE),
  };
};

/** The first word is the image for `kernel_cmdline:` and `linux`. */
const grubLinux = (text: string): DraftMeaning => {
  const [image = '', ...rest] = text.split(' ');
  const meaning = commandLineMeaning(rest.join(' '));
  return { ...meaning, facts: [valueFact('kernel', image), ...meaning.facts] };
};

const fileMeaning = (path: string): DraftMeaning => {
  if (isInitialRamDisk(path)) return draft('initial-ram-disk', withoutVersions(path), [claim('file', path)]);
  return draft('file-read', withoutVersions(path), [claim(isKernelFile(path) ? 'kernel' : 'file', path)]);
};

/** EV_IPL: texts of shim, GRUB and systemd. GRUB's digest covers what follows its prefix; of files only the content. */
export const loaderTextMeaning = (data: Uint8Array, pcr: number): DraftMeaning => {
  const text = rawText(data);
  const owner = OWNER_LISTS.get(text);
  if (owner !== undefined) return draft('owner-keys', text, [claim('holds', owner)]);
  // GRUB before 2.06 wrote "grub_cmd " and "kernel_cmdline " without a colon.
  const grub = /^(?:grub_)?(cmd|kernel_cmdline):? /u.exec(text);
  if (grub !== null) {
    const rest = text.slice(grub[0].length);
    if (grub[1] === 'kernel_cmdline') return grubLinux(rest);
    return draft('boot-command', withoutVersions(visible(rest, 160)), [valueFact('GRUB command', rest)]);
  }
  if (SECTION.test(text)) return draft('kernel-image-section', text, [claim('section of the unified kernel image', text)]);
  if (pcr === 8 || pcr === 12 || pcr === 11) {
    if (/(?:^|\s)(?:initrd|root|ro|quiet|console|BOOT_IMAGE)(?:=|\s|$)/u.test(text)) return commandLineMeaning(text);
  }
  if (/^\([^)]*\)|^\//u.test(text)) return fileMeaning(text);
  return draft('other', visible(text, 80), [wholeFact('text', text)]);
};
