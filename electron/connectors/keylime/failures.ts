import type { Problem } from '../../../shared/model/result.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';

/** What can go wrong between us and a service, each with its own code and its own advice. */
export const problem = (code: string, message: string, nextStep: string): Problem => ({
  code,
  // Sentences often begin with the name of the service, "the verifier at …".
  message: message.charAt(0).toUpperCase() + message.slice(1),
  nextStep,
});

const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** The error itself and everything it was caused by, innermost last. */
const causes = (error: unknown): readonly unknown[] => {
  const chain: unknown[] = [];
  for (let at: unknown = error; at !== undefined && at !== null && chain.length < 8; at = at instanceof Error ? at.cause : null) {
    chain.push(at);
    if (at instanceof AggregateError) chain.push(...at.errors.slice(0, 4));
  }
  return chain;
};

type Rule = {
  readonly when: (code: string, message: string) => boolean;
  readonly say: (who: string, detail: string) => Problem;
};

const codes =
  (...known: readonly string[]) =>
  (code: string): boolean =>
    known.includes(code);

/** Alerts by which a server turns down a client's certificate, or the lack of one; handshake_failure is how TLS 1.2 says the latter. */
const CLIENT_CERTIFICATE_ALERT =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR|HANDSHAKE_FAILURE|NO_CERTIFICATE)|alert number (40|41|42|43|44|45|46|48|49|51|116)\b/;

const RULES: readonly Rule[] = [
  {
    when: codes('ECONNREFUSED'),
    say: (who) =>
      problem('unreachable', `${who} refused the connection.`, 'Check that the service runs and listens on this address and port.'),
  },
  {
    when: codes('ENOTFOUND', 'EAI_AGAIN'),
    say: (who) =>
      problem(
        'name-not-found',
        `The name of ${who} could not be resolved.`,
        'Check the spelling of the host name and the name service of this machine.',
      ),
  },
  {
    when: codes('EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN'),
    say: (who) => problem('unreachable', `There is no network path to ${who}.`, 'Check routes, firewalls and whether the host is up.'),
  },
  {
    when: codes('UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'),
    say: (who) =>
      problem(
        'timeout',
        `${who} did not answer in time.`,
        'Check whether the host is overloaded or a firewall drops the traffic; raise the request timeout if it is merely slow.',
      ),
  },
  {
    when: codes('CERT_HAS_EXPIRED'),
    say: (who) =>
      problem(
        'tls-expired',
        `The certificate of ${who} has expired.`,
        'Renew the certificate of the service. Plumbline never skips this check.',
      ),
  },
  {
    when: codes('CERT_NOT_YET_VALID'),
    say: (who) =>
      problem(
        'tls-expired',
        `The certificate of ${who} is not valid yet.`,
        'Compare the clocks of this machine and of the service, then check the certificate.',
      ),
  },
  {
    when: codes('ERR_TLS_CERT_ALTNAME_INVALID'),
    say: (who) =>
      problem(
        'tls-name-mismatch',
        `The certificate of ${who} is issued for another name.`,
        'Use the name in the certificate as the address, or set tls.serverName to the name that the certificate carries.',
      ),
  },
  {
    when: codes('PIN_MISMATCH'),
    say: (who) =>
      problem(
        'tls-pin-mismatch',
        `${who} presented a certificate other than the one it registered.`,
        'Find out why: the agent was reinstalled without registering again, or something else answers at its address.',
      ),
  },
  {
    when: codes(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_SIGNATURE_FAILURE',
      'CERT_UNTRUSTED',
      'CERT_REJECTED',
      'INVALID_CA',
      'INVALID_PURPOSE',
      'CERT_CHAIN_TOO_LONG',
      'PATH_LENGTH_EXCEEDED',
      'CERT_REVOKED',
    ),
    say: (who, detail) =>
      problem(
        'tls-untrusted',
        `The certificate of ${who} is not issued by the expected authority (${detail}).`,
        'Check that tls.ca is the CA certificate of this very service.',
      ),
  },
  {
    when: (code, message) => code.startsWith('ERR_SSL_') && CLIENT_CERTIFICATE_ALERT.test(`${code} ${message}`),
    say: (who) =>
      problem(
        'tls-client-cert-rejected',
        `${who} rejected our client certificate.`,
        'Check tls.cert and tls.key: the certificate must be issued by the authority that the service trusts, and not be expired.',
      ),
  },
  {
    when: (code, message) =>
      code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
      code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' ||
      code === 'ERR_SSL_HTTP_REQUEST' ||
      code === 'EPROTO' ||
      /wrong version number|packet length too long|http request/i.test(message),
    say: (who) =>
      problem(
        'not-tls',
        `${who} does not speak TLS at this port.`,
        'Check the port: Keylime serves TLS on 8881 (verifier) and 8891 (registrar); 8890 is plain HTTP.',
      ),
  },
  {
    when: (code, message) =>
      code === 'ERR_OSSL_PEM_NO_START_LINE' ||
      code === 'ERR_OSSL_BAD_DECRYPT' ||
      code.startsWith('ERR_OSSL_') ||
      /key values mismatch|no start line|bad decrypt/i.test(message),
    say: (who) =>
      problem(
        'tls-material',
        `The certificate or key configured for ${who} cannot be used.`,
        'Check that tls.cert, tls.key and tls.ca are PEM files that belong together, and that the password is right.',
      ),
  },
  {
    when: (code) =>
      codes('ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_RES_EXCEEDED_MAX_SIZE')(code),
    say: (who) =>
      problem(
        'truncated',
        `${who} broke off before its answer was complete.`,
        'Usually transient: it is asked again at the next sweep. If it persists, look at the log of the service.',
      ),
  },
  {
    when: (code) => code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW',
    say: (who) => problem('not-http', `${who} does not speak HTTP at this port.`, 'Check the address and the port.'),
  },
  {
    when: (code) => code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'),
    say: (who, detail) =>
      problem(
        'tls-failed',
        `No secure connection to ${who} (${detail}).`,
        'Check the TLS settings of both sides; TLS 1.2 is the least accepted.',
      ),
  },
];

/** Closed after the handshake, before any answer: servers that check certificates late do this instead of an alert. */
const closedUnanswered = (who: string): Problem =>
  problem(
    'closed',
    `${who} closed the connection without an answer.`,
    'It may reject our client certificate (tls.cert), or be restarting: look at the log of the service.',
  );

/** Turns whatever a request threw into one plain problem. `answered`: whether an answer had begun. */
export const classifyFailure = (error: unknown, who: string, answered: boolean): Problem => {
  const found = classify(error, who);
  return found.code === 'truncated' && !answered ? closedUnanswered(who) : found;
};

const classify = (error: unknown, who: string): Problem => {
  const chain = causes(error);
  for (const rule of RULES) {
    for (const cause of chain) {
      const code = errorCode(cause);
      const message = cause instanceof Error ? cause.message : '';
      if (rule.when(code, message)) return rule.say(who, visibleText(code, 60));
    }
  }
  const code = chain.map(errorCode).find((found) => found !== '') ?? 'no code';
  return problem(
    'request-failed',
    `The request to ${who} failed (${visibleText(code, 60)}).`,
    'Look at the log of the service; it is asked again at the next sweep.',
  );
};
