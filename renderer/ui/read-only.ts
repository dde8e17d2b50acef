import { createContext, useContext } from 'react';

/** Where nothing can be changed. Whatever would write is disabled by it; the engine has no such call besides. */
export const ReadOnly = createContext(false);
export const useReadOnly = (): boolean => useContext(ReadOnly);

/** The band at the top of each page says it, and what is disabled is described by it. */
export const READ_ONLY_BAND = 'read-only';
export const READ_ONLY_REASON = 'Read-only: nothing can be changed from here.';
