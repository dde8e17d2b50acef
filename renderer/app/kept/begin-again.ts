import { onReplaced } from '../../transport/replaced.ts';
import { endpointsHref } from '../navigation.ts';
import { carryPreferences } from './keep.ts';

/**
 * Once another data folder is shown, nothing on the screen is true any more: the page begins anew, where one's own endpoints are named. How this
 * person wants it to look comes along; nothing else does.
 */
export const beginAgainWhenReplaced = (): void => {
  let begun = false;
  onReplaced(() => {
    if (begun) return;
    begun = true;
    void carryPreferences().finally(() => {
      location.hash = endpointsHref;
      location.reload();
    });
  });
};
