import { quote } from '../query/characters.ts';
import type { FindingQuery } from './finding-schemas.ts';

type Asked = readonly (readonly [string, string | number | boolean | null | readonly string[] | undefined])[];

/** What was asked, in one line: `state in (open) and kind in (reboot)`. Empty where nothing was. */
export const askedWords = (pairs: Asked): string =>
  pairs
    .flatMap(([name, value]) => {
      if (value === undefined) return [];
      if (value === null) return [`${name} is unknown`];
      if (typeof value === 'object') return value.length === 0 ? [] : [`${name} in (${value.join(', ')})`];
      return [`${name} = ${typeof value === 'string' ? quote(value) : String(value)}`];
    })
    .join(' and ');

/** As it is printed on an export and entered with a step for many findings. */
export const findingQueryWords = (asked: FindingQuery): string =>
  askedWords([
    ['finding', asked.ids?.map(String)],
    ['open_only', asked.openOnly],
    ['state', asked.states],
    ['kind', asked.kinds],
    ['severity', asked.severities],
    ['host', asked.hostId],
    ['cause', asked.cause],
    ['text', asked.text],
    ['assigned', asked.assigned],
    ['waiver_ends_within_days', asked.waiverEndsWithinDays],
    ['endpoint', asked.endpoint],
    ['opened_within_days', asked.openedWithinDays],
    ['opened_before_days', asked.openedBeforeDays],
  ]);
