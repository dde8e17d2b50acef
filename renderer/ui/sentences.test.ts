import { expect, it } from 'vitest';
import { joinSentences } from './sentences.ts';

it('joins phrases and sentences alike', () => {
  expect(joinSentences(['PCR 4', 'The log replays.'])).toBe('PCR 4; The log replays.');
});
it('says nothing twice', () => {
  expect(joinSentences(['The quote does not hold.', 'PCR 7', 'PCR 7'], 'The quote does not hold.')).toBe('PCR 7.');
  expect(joinSentences(['The quote does not hold.'], 'The quote does not hold.')).toBe('');
});
