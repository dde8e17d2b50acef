import { randomBytes, timingSafeEqual } from 'node:crypto';

const fresh = (): string => randomBytes(32).toString('base64url');
const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

export type Sessions = {
  /** A new one-time token; the one before it is no longer valid. */
  readonly newToken: () => string;
  /** Exchanges a token for a session cookie value, once. */
  readonly redeem: (token: string) => string | null;
  readonly isValid: (cookieHeader: string | undefined) => boolean;
  readonly cookieName: string;
};

const MAX_SESSIONS = 32;

/**
 * Who may speak to the console shell: whoever held the link printed in the terminal. The token works once and leaves the address
 * bar at once; the session lives as long as the process. The cookie's name carries the port, because cookies do not.
 */
export const createSessions = (port: number): Sessions => {
  let token: string | null = null;
  const sessions: string[] = [];
  const cookieName = `plumbline_${port}`;
  return {
    cookieName,
    newToken: () => {
      token = fresh();
      return token;
    },
    redeem: (offered) => {
      if (token === null || !same(offered, token)) return null;
      token = null;
      const session = fresh();
      sessions.push(session);
      if (sessions.length > MAX_SESSIONS) sessions.shift();
      return session;
    },
    isValid: (header) => {
      const values = (header ?? '')
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part.startsWith(`${cookieName}=`))
        .map((part) => part.slice(cookieName.length + 1));
      return values.some((value) => sessions.some((session) => same(value, session)));
    },
  };
};
