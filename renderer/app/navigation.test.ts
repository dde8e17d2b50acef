import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOST_SORTS } from '../../shared/contract/schemas.ts';
import { FINDING_KINDS, FINDING_SORTS, FINDING_STATES, SEVERITIES } from '../../shared/contract/finding-schemas.ts';
import { REFERENCE_STATES } from '../../shared/model/reference-set.ts';
import { LINKS, VERDICTS } from '../../shared/model/verdict.ts';
import { findingsHref, HOLDING } from './navigation-findings.ts';
import { REFERENCE_FORMS, referencesHref } from './navigation-references.ts';
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

const name = fc.option(fc.string({ minLength: 1, maxLength: 200 }), { nil: null });
const days = fc.option(fc.integer({ min: 1, max: 366 }), { nil: null });
const findings = fc.record({
  by: fc.constantFrom('finding' as const, 'cause' as const),
  states: fc.subarray([...FINDING_STATES]),
  kinds: fc.subarray([...FINDING_KINDS]),
  severities: fc.subarray([...SEVERITIES]),
  host: name,
  endpoint: name,
  cause: name,
  person: name,
  unassigned: fc.boolean(),
  within: days,
  before: days,
  ends: days,
  text: fc.string({ maxLength: 200 }),
  sort: fc.constantFrom(...FINDING_SORTS),
  finding: fc.option(fc.nat(), { nil: null }),
});

describe('what is printed is read back', () => {
  it('for every list of findings', () => {
    expect(findingsHref()).toBe('#/findings');
    fc.assert(
      fc.property(findings, (wanted) => {
        expect(parseRoute(findingsHref(wanted))).toEqual({ page: 'findings', view: wanted });
      }),
    );
  });
  it('and of findings nothing that is not one of those', () => {
    expect(parseRoute('#/findings?state=gone&kind=x&severity=&within=0&before=99999999&ends=367&sort=__proto__&finding=-1')).toEqual({
      page: 'findings',
      view: HOLDING,
    });
  });
  it('for reference values', () => {
    const wanted = fc.record({
      state: fc.constantFrom(null, ...REFERENCE_STATES),
      set: fc.option(fc.nat(), { nil: null }),
      form: fc.constantFrom(null, ...REFERENCE_FORMS),
      host: name,
    });
    fc.assert(
      fc.property(wanted, (asked) => {
        expect(parseRoute(referencesHref(asked))).toEqual({ page: 'references', view: asked });
      }),
    );
  });
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
