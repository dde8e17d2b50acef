import type { ReferencesView } from '../../app/references-address.ts';

export const References = (_: { view: ReferencesView }) => <h1>Reference values</h1>;
