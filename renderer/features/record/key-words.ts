/** The part of a verifier key (name+hex+base64) that people compare: `ledger/1a2b3c4d`; a name may hold no plus. */
export const keyIdOf = (verifierKey: string): string => verifierKey.split('+')[1] ?? verifierKey;
