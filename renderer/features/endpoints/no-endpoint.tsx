import { useQuery } from '../../transport/query.ts';
import { Empty } from '../../ui/callout.tsx';
import { CopyText } from '../../ui/copy-text.tsx';
import styles from './endpoints.module.css';

const EXAMPLE = `endpoints:
  - name: dc-one
    kind: keylime
    verifier: https://10.0.0.5:8881
    registrar: https://10.0.0.5:8891
    tls:
      ca: cacert.crt
      cert: client-cert.crt
      key: client-private.pem
    interval: 60s`;

/** What to write, where, and the one command that reads it. */
export const NoEndpoint = () => {
  const info = useQuery('app.info', {}).data;
  return (
    <div className={styles['first']}>
      <Empty title="No endpoint yet">
        <p>An endpoint is an attestation service that Plumbline asks: a Keylime verifier, for example. It only reads there.</p>
      </Empty>
      <ol>
        <li>
          Write a file such as <code>endpoints.yaml</code>, with your addresses, and beside it the certificates that it names:
          <CopyText label="the example of an endpoints file" text={EXAMPLE} />
        </li>
        <li>
          Stop this Plumbline and start it with the file:
          <CopyText
            label="the command"
            text={
              info?.shell === 'desktop' ? 'npm start -- --endpoints endpoints.yaml' : 'npm start -- --console --endpoints endpoints.yaml'
            }
          />
        </li>
      </ol>
      <p>
        Where <code>plumbline</code> is installed, it is <code>plumbline serve --endpoints FILE</code>. To look around first, start a
        simulated fleet: <code>plumbline serve --demo</code>.
      </p>
    </div>
  );
};
