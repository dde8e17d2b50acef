import type { BootEvent } from '../types.ts';

/** Actions that firmware measures into PCR 7 when it gave something up (PC Client PFP 3.3.4.8; Intel and AMI for the latter two). */
const MARKERS: readonly (readonly [RegExp, string])[] = [
  [/^UEFI Debug Mode/iu, 'the UEFI debugger is enabled'],
  [/^DMA Protection Disabled/iu, 'protection against DMA attacks is disabled'],
  [/^Security Level is Downgraded/iu, 'firmware says that its security level is downgraded'],
];

/** Events that weaken what PCR 7 says, with the reason. Their text counts where its digest covers it. */
export const secureBootMarkers = (events: readonly BootEvent[]): readonly (readonly [BootEvent, string])[] =>
  events.flatMap((event): (readonly [BootEvent, string])[] => {
    if (event.claimedType !== 'EV_EFI_ACTION' && event.claimedType !== 'EV_ACTION') return [];
    const marker = MARKERS.find(([pattern]) => pattern.test(event.summary));
    return marker === undefined ? [] : [[event, marker[1]]];
  });
