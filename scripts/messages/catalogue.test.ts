import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { printCatalogue, readCatalogue } from './catalogue.ts';
import { allMessages, ROOT } from './sources.ts';

const polish = (body: string): string => `msgid ""\nmsgstr ""\n"Language: pl\\n"\n"Plural-Forms: nplurals=3; plural=0;\\n"\n\n${body}`;

describe('the catalogue', () => {
  test('in the repository is that of the sources; `npm run messages` renews it', async () => {
    await expect(printCatalogue(allMessages())).toMatchFileSnapshot(path.join(ROOT, 'renderer/messages/en.po'));
  });

  test('has no message twice, and none without a letter', () => {
    const ids = allMessages().map(({ id, plural }) => `${id} | ${plural}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/\p{L}/u.test(id))).toEqual([]);
  });

  test('says nothing of lines and dates, so that it changes only where words do', () => {
    const text = printCatalogue([{ id: 'Hosts', plural: null, files: ['renderer/app/pages.ts'] }]);
    expect(text).toContain('#: renderer/app/pages.ts\nmsgid "Hosts"\nmsgstr ""\n');
    expect(text).not.toMatch(/Date|:\d+\n/);
  });
});

describe('a translated catalogue', () => {
  test('gives texts and forms, and nothing for what is not translated or only guessed', () => {
    const language = readCatalogue(
      polish(
        [
          'msgid "Hosts"\nmsgstr "Hosty"',
          'msgid "Map"\nmsgstr ""',
          '#, fuzzy\nmsgid "Jobs"\nmsgstr "Zadania"',
          'msgid "{0} host"\nmsgid_plural "{0} hosts"\nmsgstr[0] "{0} host"\nmsgstr[1] "{0} hosty"\nmsgstr[2] "{0} hostów"',
        ].join('\n\n'),
      ),
    );
    expect(language.tag).toBe('pl');
    expect(language.say('Hosts', null)).toEqual(['Hosty']);
    expect(language.say('Map', null)).toBeNull();
    expect(language.say('Jobs', null)).toBeNull();
    expect(language.say('{0} host', '{0} hosts')).toEqual(['{0} host', '{0} hosty', '{0} hostów']);
  });

  test('with fewer forms than its language has is refused, with their names', () => {
    const two = 'msgid "{0} host"\nmsgid_plural "{0} hosts"\nmsgstr[0] "{0} host"\nmsgstr[1] "{0} hosty"';
    expect(() => readCatalogue(polish(two))).toThrow('“{0} host” needs 3 forms in pl: one, few, many.');
  });

  test('that does not say its language is refused', () => {
    expect(() => readCatalogue('msgid ""\nmsgstr ""\n"X-A: b\\n"\n')).toThrow('does not say its language');
  });
});
