import { expect, it } from 'vitest';
import { certificateBlocks } from './pem.ts';

const one = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`;

it('certificates of a file are found one by one, and one that is cut off makes the file none', () => {
  expect(certificateBlocks(`subject: a\n${one('QUJD')}\r\nsubject: b\n${one('REVG')}\n`)).toEqual([one('QUJD'), one('REVG')]);
  expect(certificateBlocks('')).toBe(null);
  expect(certificateBlocks(one('not base64!'))).toBe(null);
  expect(certificateBlocks(`${one('QUJD')}\n-----BEGIN CERTIFICATE-----\nREVG`)).toBe(null);
});
