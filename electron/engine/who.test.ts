import { userInfo } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { isSamePerson, whoActs } from './who.ts';

vi.mock('node:os', () => ({ userInfo: vi.fn() }));
const info = { uid: 1, gid: 1, shell: null, homedir: '/' };

describe('who acts', () => {
  it('is the user of the operating system', () => {
    vi.mocked(userInfo).mockReturnValue({ ...info, username: 'ann' });
    expect(whoActs()).toBe('ann');
  });

  it('is never empty, also where the account has no name', () => {
    vi.mocked(userInfo).mockReturnValue({ ...info, username: ' ' });
    expect(whoActs()).toMatch(/^user /u);
    vi.mocked(userInfo).mockImplementation(() => {
      throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
    });
    expect(whoActs()).toMatch(/^user /u);
  });
});

describe('one person', () => {
  it.each([
    ['ann', 'ann', true],
    ['Ann', 'ann', true],
    ['ann ', 'ann', true],
    ['ａｎｎ', 'ann', true],
    ['ann', 'bob', false],
  ])('%j and %j: %s', (one, other, same) => expect(isSamePerson(one, other)).toBe(same));
});
