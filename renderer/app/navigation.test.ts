import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOST_SORTS } from '../../shared/contract/schemas.ts';
import { LINKS, VERDICTS } from '../../shared/model/verdict.ts';
import { DIFFERENCE_LOGS, DIFFERENCE_WITH } from '../../shared/contract/difference-schemas.ts';
import { RAW_KINDS } from '../../shared/contract/raw-schemas.ts';
import {
  ALL_HOSTS,
  HOST_TABS,
  RECORD_TABS,
  bytesHref,
  differenceHref,
  hostHref,
  hostsHref,
  parseRoute,
  recordHref,
  reportItemsHref,
} from './navigation.ts';

describe('addresses', () => {
  it.each(['', '#', '#/', '#/overview'])('%j is the overview', (hash) => {
    expect(parseRoute(hash)).toEqual({ page: 'overview' });
  });
  it('reads a filtered list', () => {
    expect(parseRoute('#/hosts?verdict=failed,stale&link=boot-loader&sort=-changedAtMs&q=ber1%20shim')).toEqual({
      page: 'hosts',
      view: { ...ALL_HOSTS, verdicts: ['failed', 'stale'], link: 'boot-loader', sort: 'changedAtMs', descending: true, text: 'ber1 shim' },
    });
  });
  it('drops what it does not know', () => {
    expect(parseRoute('#/hosts?verdict=evil&link=moon&sort=__proto__&older=-1')).toEqual({ page: 'hosts', view: ALL_HOSTS });
  });
  it('of the reports may name the one whose items are looked at', () => {
    expect(parseRoute('#/reports')).toEqual({ page: 'reports', items: null });
    expect(parseRoute(reportItemsHref(7))).toEqual({ page: 'reports', items: 7 });
    expect(parseRoute('#/reports?items=all')).toEqual({ page: 'reports', items: null });
    expect(parseRoute('#/reports/1').page).toBe('not-found');
  });
  it('says so when there is no such page', () => {
    expect(parseRoute('#/nowhere').page).toBe('not-found');
    expect(parseRoute('#/hosts/a/b').page).toBe('not-found');
    expect(parseRoute('#/hosts/%E0%A4%A').page).toBe('not-found');
  });
  it('keeps the address of all hosts short', () => {
    expect(hostsHref()).toBe('#/hosts');
  });
});

const view = fc.record({
  verdicts: fc.subarray([...VERDICTS]),
  link: fc.constantFrom(null, ...LINKS),
  country: fc.constantFrom(null, 'DE', 'IE'),
  endpoint: fc.option(fc.string({ minLength: 1, maxLength: 40 }), { nil: null }),
  disagreement: fc.boolean(),
  olderThanMs: fc.option(fc.nat(), { nil: null }),
  text: fc.string({ maxLength: 60 }),
  sort: fc.constantFrom(...HOST_SORTS),
  descending: fc.boolean(),
});

describe('what is printed is read back', () => {
  it('for every host list', () => {
    fc.assert(
      fc.property(view, (wanted) => {
        expect(parseRoute(hostsHref(wanted))).toEqual({ page: 'hosts', view: wanted });
      }),
    );
  });
  it('for every host', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...HOST_TABS), fc.nat(), (id, tab, event) => {
        expect(parseRoute(hostHref(id, tab, event))).toEqual({ page: 'host', id, tab, event, bytes: 'event-log' });
      }),
    );
  });
  it('of bytes and of a difference are read back as they were written', () => {
    const index = fc.nat();
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...RAW_KINDS), index, (id, bytes, event) => {
        expect(parseRoute(bytesHref(id, bytes, event))).toEqual({ page: 'host', id, tab: 'bytes', event, bytes });
      }),
    );
    const compared = fc.record({
      with: fc.constantFrom(...DIFFERENCE_WITH),
      peer: fc.option(fc.string({ minLength: 1, maxLength: 100 })),
      log: fc.constantFrom(...DIFFERENCE_LOGS),
      at: fc.option(index),
    });
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), compared, (id, asked) => {
        expect(parseRoute(differenceHref(id, asked))).toEqual({ page: 'difference', id, view: asked });
      }),
    );
  });

  it('for every part of the record', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RECORD_TABS),
        fc.option(fc.nat(), { nil: null }),
        fc.constantFrom(null, 'verdict', 'key'),
        (tab, atMs, kind) => {
          expect(parseRoute(recordHref({ tab, atMs, kind }))).toEqual({ page: 'record', tab, atMs, kind });
        },
      ),
    );
  });
  it('an address with a moment alone is the fleet as of it', () => {
    expect(parseRoute('#/record?at=7')).toMatchObject({ tab: 'as-of', atMs: 7 });
    expect(parseRoute('#/record')).toMatchObject({ tab: 'ledger', atMs: null });
  });
  it('never throws, whatever the address', () => {
    fc.assert(
      fc.property(fc.string(), (hash) => {
        expect(() => parseRoute(`#${hash}`)).not.toThrow();
      }),
    );
  });
});
