import { describe, expect, it } from 'vitest';
import type { Handlers } from './contract.ts';
import { dispatch } from './dispatch.ts';

const refuse = (): never => {
  throw new Error('must not be reached');
};
const handlers: Handlers = {
  'app.info': refuse,
  'preferences.get': refuse,
  'preferences.set': refuse,
  'demo.leave': refuse,
  'overview.get': refuse,
  'hosts.list': refuse,
  'fleet.asOf': refuse,
  'fleet.places': refuse,
  'fleet.movements': refuse,
  'fleet.moments': refuse,
  'hosts.complete': refuse,
  'views.list': refuse,
  'views.save': refuse,
  'views.delete': refuse,
  'hosts.get': () => null,
  'hosts.history': refuse,
  'hosts.locations': refuse,
  'hosts.events': refuse,
  'hosts.ima': refuse,
  'hosts.difference': refuse,
  'hosts.peers': refuse,
  'hosts.bytes': refuse,
  'hosts.fields': refuse,
  'hosts.keys': refuse,
  'findings.list': () => ({ total: 1, rows: [{ id: 1 }] as never, counts: { open: 0, acknowledged: 0, waived: 0 } }),
  'findings.clusters': refuse,
  'findings.get': refuse,
  'findings.preview': refuse,
  'findings.acknowledge': refuse,
  'findings.assign': refuse,
  'findings.waive': refuse,
  'findings.unwaive': refuse,
  'findings.reopen': refuse,
  'findings.note': refuse,
  'policy.get': refuse,
  'fleet.regions': refuse,
  'policy.check': refuse,
  'policy.versions': refuse,
  'policy.version': refuse,
  'policy.compare': refuse,
  'policy.whatIf': refuse,
  'policy.whatIfResult': refuse,
  'policy.whatIfCancel': refuse,
  'policy.activate': refuse,
  'policy.approve': refuse,
  'policy.withdraw': refuse,
  'ledger.list': refuse,
  'ledger.state': refuse,
  'ledger.recheck': refuse,
  'jobs.list': refuse,
  'jobs.start': refuse,
  'jobs.cancel': refuse,
  'exports.list': refuse,
  'exports.get': refuse,
  'exports.save': refuse,
  'exports.signing': refuse,
  'exports.delete': refuse,
  'reports.list': refuse,
  'reports.save': refuse,
  'reports.delete': refuse,
  'reports.run': refuse,
  'reports.items': refuse,
  'reports.itemHistory': refuse,
  'reports.assess': refuse,
  'retention.get': refuse,
  'retention.set': refuse,
  'ledger.rotateKey': refuse,
  'references.list': refuse,
  'references.get': refuse,
  'references.compare': refuse,
  'references.reach': refuse,
  'references.capture': refuse,
  'references.import': refuse,
  'references.propose': refuse,
  'references.promote': refuse,
  'references.approve': refuse,
  'references.withdraw': refuse,
  'references.lint': refuse,
  'alerts.list': () => [],
  'posture.get': refuse,
  'posture.setTarget': refuse,
  'pack.get': refuse,
  'endpoints.list': () => [],
  'poll.now': () => Promise.resolve({ started: true }),
};

describe('the one door', () => {
  it('answers a call that fits the table', async () => {
    expect(await dispatch(handlers, 'poll.now', {})).toEqual({ ok: true, data: { started: true } });
  });

  it('says of a call that is not registered why, whatever its input is', async () => {
    const { 'poll.now': _, ...others } = handlers;
    for (const input of [{}, { wrong: true }])
      expect(await dispatch(others, 'poll.now', input)).toMatchObject({
        ok: false,
        error: { code: 'not-registered', message: expect.stringContaining('read-only') },
      });
  });

  it.each(['constructor', '__proto__', 'hosts.delete', 7, null, undefined])('knows no call %s', async (name) => {
    expect(await dispatch(handlers, name, {})).toMatchObject({ ok: false, error: { code: 'unknown-call' } });
  });

  it.each([[{}], [{ id: '' }], [{ id: 7 }], [{ id: 'a', extra: 1 }], ['a'], [null]])(
    'refuses the input %j before any handler sees it',
    async (input) => {
      expect(await dispatch(handlers, 'hosts.get', input)).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    },
  );

  it('refuses to hand out an answer that does not fit the table', async () => {
    expect(await dispatch(handlers, 'findings.list', { offset: 0, limit: 1, openOnly: true })).toMatchObject({
      ok: false,
      error: { code: 'internal' },
    });
  });

  it('turns an exception into an answer', async () => {
    expect(await dispatch(handlers, 'app.info', {})).toEqual({ ok: false, error: { code: 'internal', message: 'must not be reached' } });
  });
});
