import type { CallOutput } from '../../shared/contract/contract.ts';

export const SHELL_WORD: Readonly<Record<CallOutput<'app.info'>['shell'], string>> = { desktop: 'desktop', console: 'console' };
