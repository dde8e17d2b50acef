import { attempt, readerOf } from '../../reader.ts';
import { claim, draft, rawText, valueFact } from './draft.ts';
import { commandLineMeaning } from './texts.ts';
import type { DraftMeaning } from './types.ts';
import { isWindowsTag, windowsMeaning } from './windows.ts';

/** Tags of Linux' EFI stub and of systemd (tpm2-pcr.h). */
const LINUX_TAGS: ReadonlyMap<number, string> = new Map([
  [0x8f3b22ec, 'initial RAM disk'],
  [0x8f3b22ed, 'kernel load options'],
  [0xf5bc582a, 'boot loader configuration'],
  [0x6c46f751, 'device tree addon'],
  [0x49dffe0f, 'initial RAM disk addon'],
  [0xdac08e1a, 'microcode addon'],
  [0x13aed6db, 'kernel image profile'],
]);

/** EV_EVENT_TAG: TCG_PCClientTaggedEvent, a tag and a size (PC Client PFP 10.4.2). Who defined the tag decides what it holds. */
export const taggedMeaning = (data: Uint8Array, pcr: number): DraftMeaning => {
  const head = attempt(() => {
    const reader = readerOf(data, 'little');
    const tag = reader.u32('tag');
    return { tag, body: reader.bytes(reader.u32('size'), 'tagged data') };
  });
  if (!head.ok) {
    // systemd before 252 and older stubs wrote the text without a header.
    return draft('other', `tagged event in PCR ${pcr}`, [valueFact('text', rawText(data))]);
  }
  const { tag, body } = head.value;
  if (isWindowsTag(tag)) {
    const windows = windowsMeaning(data, pcr);
    return windows.ok ? windows.value : draft('windows', `Windows boot record in PCR ${pcr}`, [claim('unreadable', windows.message)]);
  }
  const what = LINUX_TAGS.get(tag);
  if (tag === 0x8f3b22ed) return commandLineMeaning(rawText(body));
  const text = rawText(body);
  if (what === undefined) return draft('other', `tag 0x${tag.toString(16).padStart(8, '0')}`, [claim('text', text)]);
  return draft(what.startsWith('initial') ? 'initial-ram-disk' : 'boot-configuration', what, [claim('text', text)]);
};
