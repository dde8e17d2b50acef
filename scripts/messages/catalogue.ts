import PO from 'pofile';
import { pluralForms } from '../../renderer/ui/in-form.ts';
import type { Language } from './language.ts';
import type { Entry } from './sources.ts';

const HEAD = [
  'All that the renderer says, read from its sources: do not edit it, run `npm run messages`.',
  'An empty translation means the text itself. docs/messages.md says how to begin a language.',
];

const keyOf = (id: string, plural: string | null): string => `${id}\0${plural ?? ''}`;

/** A catalogue without translations. It has no dates and no lines of code, so that it only changes where the words do. */
export const printCatalogue = (entries: readonly Entry[]): string => {
  const po = new PO();
  po.comments = HEAD;
  po.headers = {
    Language: 'en',
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Transfer-Encoding': '8bit',
    'Plural-Forms': 'nplurals=2; plural=(n != 1);',
  };
  po.items = entries.map(({ id, plural, files }) => {
    const item = new PO.Item();
    item.msgid = id;
    if (plural !== null) {
      item.msgid_plural = plural;
      item.msgstr = ['', ''];
    }
    item.references = [...files];
    return item;
  });
  // The library ends no line at the end of the file.
  return `${po.toString().trimEnd()}\n`;
};

/** A translated catalogue. Throws where it does not say its language, or where a message with forms has another number of them than the language. */
export const readCatalogue = (text: string): Language => {
  const po = PO.parse(text);
  const tag = po.headers.Language ?? '';
  if (tag === '') throw new Error('The catalogue does not say its language.');
  const forms = pluralForms(tag);
  const said = new Map<string, readonly string[]>();
  for (const { msgid, msgid_plural, msgstr, flags, obsolete } of po.items) {
    if (obsolete || flags['fuzzy'] === true || msgstr.every((form) => form === '')) continue;
    const plural = msgid_plural === undefined || msgid_plural === null ? null : msgid_plural;
    if (plural !== null && (msgstr.length !== forms.length || msgstr.includes('')))
      throw new Error(`“${msgid}” needs ${forms.length} forms in ${tag}: ${forms.join(', ')}.`);
    said.set(keyOf(msgid, plural), msgstr);
  }
  return { tag, say: (id, plural) => said.get(keyOf(id, plural)) ?? null };
};
