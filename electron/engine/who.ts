import { userInfo } from 'node:os';

/**
 * Who acts, as the operating system knows it; never empty. An account can have a number and no name (a container that runs as any user),
 * and the system then has nothing to tell.
 */
export const whoActs = (): string => {
  try {
    const { username } = userInfo();
    if (username.trim() !== '') return username;
  } catch {
    // There is no entry for this account.
  }
  return `user ${process.getuid?.() ?? 'without a name'}`;
};

const folded = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

/** Under which what one person set is found again. */
export const personKey = folded;

/** Windows hands out the name as it was typed at logon, and there "Ann" is "ann". Where in doubt, it is one person. */
export const isSamePerson = (one: string, other: string): boolean => folded(one) === folded(other);
