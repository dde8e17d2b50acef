import type { Migration } from './migration.ts';

/** What is asked of all hosts at once about where they were said to be. */
export const MOVEMENTS: readonly Migration[] = [
  {
    version: 180,
    sql: 'CREATE INDEX host_location_by_time ON host_location (from_ms)',
  },
];
