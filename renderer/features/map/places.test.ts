import { describe, expect, it } from 'vitest';
import type { PolicyPlaces } from '../../../shared/contract/map-schemas.ts';
import { WHOLE_MAP } from '../../app/navigation.ts';
import { placesHref, unknownHref } from './links.ts';
import { markSentence, placeName, together } from './places.ts';
import { regionsSentence, regionWord } from './regions.ts';

const nowhere = { country: null, subdivision: null, site: null };

describe('names of places', () => {
  it.each([
    [{ country: 'DE', subdivision: 'DE-HE', site: 'fra1' }, 'site', 'fra1, DE-HE, Germany'],
    [{ country: 'DE', subdivision: null, site: null }, 'site', 'no site said, Germany'],
    [{ country: 'DE', subdivision: null, site: null }, 'subdivision', 'no subdivision said, Germany'],
    [{ country: 'XX', subdivision: null, site: null }, 'country', 'XX'],
    [nowhere, 'country', 'Unknown place'],
    [{ ...nowhere, site: 'lab' }, 'site', 'lab, no country said'],
  ] as const)('%j at the level of a %s: %s', (place, level, name) => expect(placeName(place, level)).toBe(name));
});

describe('a mark in words', () => {
  it('has every verdict and how the locations are known', () => {
    const counts = {
      hosts: 3,
      verdicts: { failed: 1, inconclusive: 0, stale: 0, trusted: 2 },
      assurances: { 'tpm-certified': 2, 'issuer-signed': 0, reported: 1, declared: 0, unknown: 0 },
      worst: { id: 'a', name: 'a', verdict: 'failed' as const, chain: [] },
    };
    expect(markSentence('France', counts)).toBe('France: 3 hosts, 1 failed, 2 trusted. Location TPM-certified 2, reported 1.');
    expect(together([counts, counts])).toMatchObject({ hosts: 6, verdicts: { failed: 2, trusted: 4 } });
    expect(together([])).toBeNull();
  });
});

describe('where a mark leads', () => {
  const place = { country: 'DE', subdivision: null, site: 'Zürich "1"' };
  it('is the list of these hosts with what was searched for', () => {
    expect(decodeURIComponent(placesHref({ ...WHOLE_MAP, text: 'web' }, [place], 'country') ?? '')).toBe('#/hosts?q=web and country = DE');
    expect(decodeURIComponent(unknownHref(WHOLE_MAP) ?? '')).toBe('#/hosts?q=country is unknown');
  });
  it('of a past moment stays on the map', () => {
    const href = decodeURIComponent(placesHref({ ...WHOLE_MAP, atMs: 5 }, [place], 'country') ?? '');
    expect(href).toBe('#/map?at=5&hosts=country = DE');
  });
  it('is nowhere where they are more than a filter may name, or the search cannot be read', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ ...place, site: `site ${index}` }));
    expect(placesHref(WHOLE_MAP, many, 'site')).toBeNull();
    expect(placesHref({ ...WHOLE_MAP, text: 'verdict = ' }, [place], 'country')).toBeNull();
  });
});

describe('what the policy says of a place', () => {
  const regions: PolicyPlaces = {
    number: 3,
    name: 'europe',
    classes: [
      { name: 'bound', anywhere: false, countries: ['DE'], subdivisions: ['US-VA'], sites: [], areas: 0 },
      { name: 'free', anywhere: true, countries: [], subdivisions: [], sites: [], areas: 0 },
    ],
    sites: [],
  };
  const of = (country: string | null, policyClass: string | null, subdivision: string | null = null) =>
    regionWord({ country, subdivision }, regions, policyClass);
  it('depends on the class', () => {
    expect([of('DE', 'bound'), of('US', 'bound'), of('US', 'bound', 'US-VA'), of('FR', 'bound'), of(null, 'bound')]).toEqual([
      'allowed',
      'allowed in part',
      'allowed',
      'not allowed',
      'cannot be told',
    ]);
    expect([of('DE', 'free'), of('FR', null)]).toEqual(['', 'not named']);
  });
  it('is said in a sentence, also where it is nothing', () => {
    expect(regionsSentence(regions, null)).toContain('nothing is called not allowed');
    expect(regionsSentence(regions, 'free')).toContain('no rule');
    expect(regionsSentence(regions, 'gone')).toBe('There is no class gone in the manifest.');
    expect(regionsSentence({ ...regions, classes: [] }, null)).toContain('cannot be said');
  });
});
