import type { Handlers } from '../../../shared/contract/contract.ts';
import type { ReadingCall } from '../../../shared/contract/call-effects.ts';
import { createPolicy, type InForce, type PolicyOptions } from '../policy/policy.ts';

type ReadingPolicy = Extract<ReadingCall, `policy.${string}`>;

export type PolicyInForce = {
  readonly inForce: () => InForce;
  readonly handlers: Readonly<Pick<Handlers, ReadingPolicy>>;
  readonly stop: () => Promise<void>;
};

/** The manifest in force as the database says it at each call: the Plumbline that writes may put another one in force meanwhile. */
export const createPolicyInForce = (options: Omit<PolicyOptions, 'given' | 'onChange'>): PolicyInForce => {
  const { policy: versions } = options.store;
  const make = () => ({
    active: versions.active()?.number ?? null,
    policy: createPolicy({ ...options, given: null, onChange: () => {} }),
  });
  let current = make();
  const ended: Promise<void>[] = [];
  const now = () => {
    if ((versions.active()?.number ?? null) !== current.active) {
      ended.push(current.policy.stop());
      current = make();
    }
    return current.policy;
  };
  return {
    inForce: () => now().inForce(),
    handlers: {
      'policy.get': (input) => now().handlers['policy.get'](input),
      'policy.check': (input) => now().handlers['policy.check'](input),
      'policy.versions': (input) => now().handlers['policy.versions'](input),
      'policy.version': (input) => now().handlers['policy.version'](input),
      'policy.compare': (input) => now().handlers['policy.compare'](input),
      'policy.whatIf': (input) => now().handlers['policy.whatIf'](input),
      'policy.whatIfResult': (input) => now().handlers['policy.whatIfResult'](input),
      'policy.whatIfCancel': (input) => now().handlers['policy.whatIfCancel'](input),
    },
    stop: async () => {
      await Promise.all([...ended, current.policy.stop()]);
    },
  };
};
