import { describe, expect, it } from 'vitest';
import { differencesOf, draftOf, readDraft } from './retention-words.ts';

const DAYS = { confirmationsDays: 90, quotesDays: 90, evidenceDays: 400, trendDays: 31 };

describe('a draft of how long things are kept', () => {
  it('is read back as it was written', () => {
    expect(readDraft(draftOf(DAYS))).toEqual({ retention: DAYS, errors: {} });
    expect(readDraft({ ...draftOf(DAYS), quotesDays: ' 7 ' }).retention).toEqual({ ...DAYS, quotesDays: 7 });
  });
  it.each(['', '0', '-1', '1.5', '36501', '999999', '1e3', 'seven', '７'])(
    '%j is no number of days, and only that field says so',
    (text) => {
      expect(readDraft({ ...draftOf(DAYS), evidenceDays: text })).toEqual({
        retention: null,
        errors: { evidenceDays: expect.any(String) },
      });
    },
  );
  it('differs only where it differs', () => {
    expect(differencesOf(DAYS, DAYS)).toEqual([]);
    expect(differencesOf(DAYS, { ...DAYS, trendDays: 7 })).toMatchObject([{ key: 'trendDays', before: 31, after: 7 }]);
  });
});
