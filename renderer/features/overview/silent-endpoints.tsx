import type { EndpointStatus } from '../../../shared/contract/schemas.ts';
import { endpointsHref } from '../../app/navigation.ts';
import { Callout } from '../../ui/callout.tsx';
import { Ago } from '../../ui/time.tsx';

/** How long it has been silent, what still holds, and what to do. */
export const SilentEndpoints = ({ endpoints }: { endpoints: readonly EndpointStatus[] }) => {
  const silent = endpoints.filter((endpoint) => endpoint.state === 'silent');
  const [first] = silent;
  if (first === undefined) return null;
  if (silent.length > 1)
    return (
      <Callout
        problem={{
          message: `${silent.length} of ${endpoints.length} endpoints are silent: ${silent.map((endpoint) => endpoint.name).join(', ')}.`,
          nextStep: 'Each says why on the page of endpoints.',
        }}
        still="What was verified before stays on record; hosts turn stale as their evidence ages."
        action={<a href={endpointsHref}>Open the endpoints</a>}
      />
    );
  return (
    <Callout
      problem={{
        message: `${first.name} is silent. ${first.problem?.message ?? 'It does not answer.'}`,
        nextStep: first.problem?.nextStep ?? 'Check that it runs and can be reached.',
      }}
      still={
        first.lastSuccessAtMs === null ? (
          'It has never answered, so nothing is known of its hosts.'
        ) : (
          <>
            It last answered <Ago atMs={first.lastSuccessAtMs} />. What was verified then stays on record; hosts turn stale as their
            evidence ages.
          </>
        )
      }
      action={<a href={endpointsHref}>Open the endpoints</a>}
    />
  );
};
