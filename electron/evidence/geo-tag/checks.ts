import type { KeyObject } from 'node:crypto';
import { shortHex, toHex } from '../hashing.ts';
import type { Report } from '../report.ts';
import { ATTEST_NV, type Attest, TPM_GENERATED, attestTypeName, parseAttest } from '../tpm/attest.ts';
import type { AttestationKey } from '../tpm/key-checks.ts';
import { keyObjectOfPem } from '../tpm/public.ts';
import { sameBytes, signedBy } from '../tpm/quote-checks.ts';
import type { EvidenceInput, GeoEvidence } from '../types.ts';
import { recogniseIndex } from './index-name.ts';

const GEO_CODES = ['geo-type', 'geo-signer', 'geo-nonce', 'geo-index'] as const;

type NvAttest = Attest & { readonly body: Extract<Attest['body'], { kind: 'nv' }> };

const checkType = (geo: GeoEvidence, report: Report): NvAttest | null => {
  const { magic, type, attest, problem } = parseAttest(geo.attest);
  if (magic !== TPM_GENERATED) {
    report.add('geo-type', 'fail', 'The geo tag certification does not start with TPM_GENERATED; it was not made inside a TPM.');
    return null;
  }
  if (type !== ATTEST_NV) {
    report.add(
      'geo-type',
      'fail',
      `The geo tag certification is a ${type === null ? 'fragment' : attestTypeName(type)}, not an NV certification (0x8014).`,
    );
    return null;
  }
  if (attest === null || attest.body.kind !== 'nv') {
    report.add('geo-type', 'fail', `The geo tag certification is not well-formed: ${problem ?? 'it cannot be read'}.`);
    return null;
  }
  if (attest.trailing > 0) {
    report.add('geo-type', 'fail', `${attest.trailing} bytes follow the geo tag certification.`);
    return null;
  }
  report.add('geo-type', 'pass', `The geo tag of ${attest.body.contents.length} bytes was certified by TPM2_NV_Certify.`);
  return { ...attest, body: attest.body };
};

type Candidate = { readonly key: KeyObject; readonly whose: string };

/** A key of the quote that is known to be another host's must not vouch for a place of this one. */
const candidates = (input: EvidenceInput, ak: AttestationKey, foreign: boolean): readonly Candidate[] => {
  const enrolled = [...(input.enrolment === undefined ? [] : [input.enrolment]), ...(input.enrolledKeys ?? [])];
  const fromQuote = ak.key === null || foreign ? [] : [{ key: ak.key, whose: 'the attestation key of the quote' }];
  const fromEnrolment = enrolled.flatMap((entry) => {
    const key = entry.akPem === undefined ? null : keyObjectOfPem(entry.akPem);
    return key === null ? [] : [{ key, whose: `a key enrolled for host ${input.host}` }];
  });
  return [...fromQuote, ...fromEnrolment];
};

const checkSigner = (input: EvidenceInput, geo: GeoEvidence, ak: AttestationKey, report: Report): void => {
  const signer = candidates(input, ak, report.outcome('ak-binding') === 'fail').find(({ key }) => signedBy(geo.attest, geo.signature, key));
  if (signer !== undefined) {
    report.add('geo-signer', 'pass', `The geo tag was certified by ${signer.whose}.`);
    return;
  }
  const enrolled = [...(input.enrolment === undefined ? [] : [input.enrolment]), ...(input.enrolledKeys ?? [])];
  const claimed = geo.signerPem === undefined ? null : keyObjectOfPem(geo.signerPem);
  const verifies = claimed !== null && signedBy(geo.attest, geo.signature, claimed);
  if (!verifies) report.add('geo-signer', 'fail', 'The signature over the geo tag verifies with no key known for this host.');
  else if (enrolled.length === 0)
    report.add(
      'geo-signer',
      'not-evaluated',
      "The geo tag was certified by a key other than the quote's, and nothing outside the evidence says whose it is.",
    );
  else
    report.add(
      'geo-signer',
      'fail',
      `The geo tag was certified by a key that is not enrolled for host ${input.host}; it is the tag of another machine.`,
    );
};

const checkIndex = (geo: GeoEvidence, attest: NvAttest, report: Report): void => {
  const { indexName, offset, contents } = attest.body;
  const index = `0x${geo.nvIndex.toString(16).padStart(8, '0')}`;
  const name = toHex(indexName);
  if (offset !== 0)
    report.add('geo-index', 'fail', `The certification covers NV index ${index} from byte ${offset} only, not the whole tag.`);
  else if (geo.pinnedIndexName !== undefined) {
    if (geo.pinnedIndexName.toLowerCase() === name) {
      // The host chooses how many bytes are certified; only a name that we can rebuild tells how many the index has.
      const whole = recogniseIndex(indexName, geo.nvIndex, contents.length).kind === 'known';
      report.add(
        'geo-index',
        whole ? 'pass' : 'not-evaluated',
        whole
          ? `The tag is the whole of the provisioned index (${shortHex(name)}).`
          : `The certified index is the provisioned one (${shortHex(name)}), but nothing says that these ${contents.length} bytes are the whole of it.`,
      );
    } else
      report.add(
        'geo-index',
        'fail',
        `The certified index has name ${shortHex(name)}, but ${shortHex(geo.pinnedIndexName)} was provisioned.`,
      );
  } else {
    const found = recogniseIndex(indexName, geo.nvIndex, contents.length);
    if (found.kind === 'unknown')
      report.add(
        'geo-index',
        'fail',
        `The certified index ${shortHex(name)} is not a plain, wholly certified NV index ${index} of ${contents.length} bytes.`,
      );
    else if (!found.writeLocked)
      report.add(
        'geo-index',
        'fail',
        `NV index ${index} is not write-locked (attributes 0x${found.attributes.toString(16)}), so its owner can rewrite the tag at will.`,
      );
    else
      report.add(
        'geo-index',
        'pass',
        `The tag is the whole of NV index ${index}, written and write-locked (attributes 0x${found.attributes.toString(16)}).`,
      );
  }
};

/**
 * Geo tag checks (TPM 2.0 Part 3, 31.16 TPM2_NV_Certify): type, signer, nonce, index. They prove that this host's TPM holds these
 * bytes in this index; the owner wrote them, so they are the owner's assertion of a place, not the place.
 * Returns the tag when every check passed.
 */
export const judgeGeoTag = (input: EvidenceInput, ak: AttestationKey, report: Report): Uint8Array | null => {
  const { geo } = input;
  if (geo === undefined) return null;
  const attest = checkType(geo, report);
  checkSigner(input, geo, ak, report);
  if (attest === null) {
    report.add('geo-nonce', 'not-evaluated', 'There is no readable geo tag certification.');
    report.add('geo-index', 'not-evaluated', 'There is no readable geo tag certification.');
    return null;
  }
  if (attest.extraData.length === 0 && input.nonce.length === 0)
    report.add('geo-nonce', 'not-evaluated', 'The nonce is empty on both sides, so nothing says when the geo tag was certified.');
  else if (sameBytes(attest.extraData, input.nonce)) report.add('geo-nonce', 'pass', 'The geo tag was certified for our nonce.');
  else
    report.add(
      'geo-nonce',
      'fail',
      `The geo tag was certified for nonce ${shortHex(toHex(attest.extraData)) || '(empty)'}, not for ours (${shortHex(toHex(input.nonce)) || '(empty)'}).`,
    );
  checkIndex(geo, attest, report);
  return GEO_CODES.every((code) => report.outcome(code) === 'pass') ? attest.body.contents : null;
};
