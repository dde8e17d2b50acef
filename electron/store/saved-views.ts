import { z } from 'zod';
import { type SavedView, savedViewSchema, type ViewedList } from '../../shared/contract/view-schemas.ts';
import type { Who } from '../ledger/entry.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

export type SavedViews = {
  /** By name. */
  readonly list: (of: ViewedList) => SavedView[];
  /** Takes the place of a view of the same name, and enters it, both or neither. */
  readonly save: (of: ViewedList, view: SavedView, who: Who) => void;
  /** Nothing is entered where there was no such view. */
  readonly remove: (of: ViewedList, name: string, who: Who) => void;
};

const rowSchema = z.object({ name: z.string(), filter: z.string(), sort: z.string(), descending: z.number(), savedAtMs: z.number() });

const subjectOf = (of: ViewedList, name: string): string => `view ${of} ${name}`;

export const createSavedViews = (db: Db, ledger: LedgerWriter): SavedViews => {
  const list = db.prepare('SELECT name, filter, sort, descending, saved_at_ms AS savedAtMs FROM saved_view WHERE list = ? ORDER BY name');
  const save = db.prepare(`
    INSERT INTO saved_view (list, name, filter, sort, descending, saved_at_ms) VALUES (@of, @name, @filter, @by, @descending, @savedAtMs)
    ON CONFLICT (list, name) DO UPDATE SET filter = @filter, sort = @by, descending = @descending, saved_at_ms = @savedAtMs`);
  const remove = db.prepare('DELETE FROM saved_view WHERE list = ? AND name = ?');
  return {
    // A sort that another version knows is no reason to lose the other views.
    list: (of) =>
      list.all(of).flatMap((raw) => {
        const { sort: by, descending, ...row } = rowSchema.parse(raw);
        const view = savedViewSchema.safeParse({ ...row, sort: by === '' ? null : { by, descending: descending === 1 } });
        return view.success ? [view.data] : [];
      }),
    save: db.transaction((of: ViewedList, { sort, ...view }: SavedView, who: Who): void => {
      save.run({ of, ...view, by: sort?.by ?? '', descending: sort?.descending === true ? 1 : 0 });
      const { name, filter } = view;
      const detail = `The view ${name} of ${of} is saved: ${filter === '' ? 'all' : filter}.`;
      ledger.append({ who, kind: 'settings.changed', subject: subjectOf(of, name), body: { name, filter, sort, detail } });
    }),
    remove: db.transaction((of: ViewedList, name: string, who: Who): void => {
      if (remove.run(of, name).changes === 0) return;
      const detail = `The view ${name} of ${of} is deleted.`;
      ledger.append({ who, kind: 'settings.changed', subject: subjectOf(of, name), body: { name, detail } });
    }),
  };
};
