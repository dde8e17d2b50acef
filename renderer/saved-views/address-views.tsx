import type { ViewedList } from '../../shared/contract/view-schemas.ts';
import { SavedViews } from './saved-views.tsx';

/** Saved views of a list whose address says everything that is asked of it. `href`: that address, without what is merely opened in it. */
export const AddressViews = ({ list, href }: { list: Exclude<ViewedList, 'hosts'>; href: string }) => {
  const [page = '', filter = ''] = href.split(/\?(.*)/su);
  return (
    <SavedViews
      list={list}
      saves={{ list, filter, sort: null }}
      hrefOf={(saved) => (saved.filter === '' ? page : `${page}?${saved.filter}`)}
    />
  );
};
