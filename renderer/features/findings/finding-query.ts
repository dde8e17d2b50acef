import type { FindingQuery } from '../../../shared/contract/finding-schemas.ts';
import { type FindingsView, HOLDING } from '../../app/navigation-findings.ts';

/** What is asked of the engine, the same for the list, its export and a step for all of it. */
export const queryOf = (view: FindingsView): FindingQuery => ({
  ...(view.states.length === 0 ? { openOnly: true } : { states: [...view.states] }),
  ...(view.kinds.length > 0 && { kinds: [...view.kinds] }),
  ...(view.severities.length > 0 && { severities: [...view.severities] }),
  ...(view.host !== null && { hostId: view.host }),
  ...(view.endpoint !== null && { endpoint: view.endpoint }),
  ...(view.cause !== null && { cause: view.cause }),
  ...(view.unassigned ? { assigned: null } : view.person !== null && { assigned: view.person }),
  ...(view.within !== null && { openedWithinDays: view.within }),
  ...(view.before !== null && { openedBeforeDays: view.before }),
  ...(view.ends !== null && { waiverEndsWithinDays: view.ends }),
  ...(view.text.trim() !== '' && { text: view.text.trim() }),
});

/** The list without what narrows it; how it is sorted and grouped stays. */
export const unfiltered = ({ by, sort }: FindingsView): FindingsView => ({ ...HOLDING, by, sort });

/** Of causes, the opened one narrows nothing. */
export const isFiltered = (view: FindingsView): boolean =>
  JSON.stringify({ ...view, finding: null, ...(view.by === 'cause' && { cause: null }) }) !== JSON.stringify(unfiltered(view));

export type Preset = { readonly word: string; readonly view: FindingsView };

/** Lists that people ask for every day. */
export const presetsFor = (user: string | undefined): readonly Preset[] => [
  { word: 'Open and unassigned', view: { ...HOLDING, states: ['open'], unassigned: true } },
  ...(user === undefined ? [] : [{ word: 'Assigned to me', view: { ...HOLDING, person: user } }]),
  { word: 'Waivers that run out in 14 days', view: { ...HOLDING, states: ['waived'], ends: 14 } },
  { word: 'New in 7 days', view: { ...HOLDING, within: 7, sort: 'newest' } },
  { word: 'Resolved', view: { ...HOLDING, states: ['resolved'], sort: 'newest' } },
];

export const isPreset = ({ view: preset }: Preset, view: FindingsView): boolean =>
  JSON.stringify({ ...preset, sort: view.sort }) === JSON.stringify({ ...view, finding: null });
