import type { Overview } from '../../../shared/contract/schemas.ts';
import { hostsHref } from '../../app/navigation.ts';
import { BOB_PATH, CRACKED_PATH, SMALL_BOB_PATH } from '../../../shared/drawing/shapes.ts';
import { useMedia } from '../../ui/use-media.ts';
import { count, LINK_WORD, plural } from '../../ui/words.ts';
import { Section } from './section.tsx';
import styles from './fleet-chain.module.css';

type FleetLink = Overview['links'][number];

const X = 20;
const TORN = 'translate(7.5 6.5) rotate(-20)';

/** The fleet's line hangs straight while any host holds; at each link where hosts break, a strand tears off and leans away. */
const FleetLine = ({ links, rowPx }: { links: readonly FleetLink[]; rowPx: number }) => {
  const foot = links.length * rowPx;
  const notRequired = (link: FleetLink): boolean => link.trusted + link.failed + link.inconclusive === 0;
  return (
    <svg className={styles['line']} width="64" height={foot + 32} viewBox={`0 0 64 ${foot + 32}`} aria-hidden="true">
      <path className={styles['anchor']} d={`M${X - 14} .75h28`} />
      <path className={styles['trunk']} d={`M${X} 0V${foot + 4}`} />
      {links.map((link, index) => {
        const y = index * rowPx + rowPx / 2;
        if (link.firstBroken === 0)
          return (
            <circle key={link.link} className={styles[notRequired(link) ? 'passed' : 'held']} cx={X} cy={y} r={notRequired(link) ? 2 : 4} />
          );
        return (
          <g key={link.link} transform={`translate(${X} ${y})`}>
            <path className={styles['clear']} d="M0-9V9" />
            <path className={styles['strand']} d={`M0 0V${rowPx * 0.5}`} transform={TORN} />
            <path className={styles['strandBob']} transform={`${TORN} translate(0 ${rowPx * 0.5})`} d={SMALL_BOB_PATH} />
            <path className={styles['cracked']} d={CRACKED_PATH} />
          </g>
        );
      })}
      <path className={styles['bob']} transform={`translate(${X} ${foot + 4})`} d={BOB_PATH} />
    </svg>
  );
};

const state = (link: FleetLink): string => {
  if (link.inconclusive > 0) return `${count(link.inconclusive)} open`;
  return link.trusted + link.failed === 0 ? 'not required' : '';
};

/** Where hosts break, link by link, from the silicon up. The list says everything that the line shows. */
export const FleetChain = ({ links, inventory }: { links: readonly FleetLink[]; inventory: number }) => {
  const tall = useMedia('(min-height: 960px)');
  const rowPx = tall ? 48 : 36;
  const broken = links.reduce((sum, link) => sum + link.firstBroken, 0);
  return (
    <Section title="Where trust breaks" aside={<span>{broken === 0 ? 'nowhere' : plural(broken, 'host', 'hosts')}</span>}>
      <div className={styles['chain']}>
        <FleetLine links={links} rowPx={rowPx} />
        <ol>
          {links.map((link) => (
            <li key={link.link} data-broken={link.firstBroken > 0} style={{ height: rowPx }}>
              <span className={styles['name']}>{LINK_WORD[link.link]}</span>
              <span className={styles['open']}>{state(link)}</span>
              {link.firstBroken > 0 ? (
                <a
                  href={hostsHref({ link: link.link })}
                  aria-label={`${plural(link.firstBroken, 'host breaks', 'hosts break')} at ${LINK_WORD[link.link]}`}
                >
                  {count(link.firstBroken)}
                </a>
              ) : (
                <span className={styles['none']}>0</span>
              )}
              {link.firstBroken > 0 && (
                <span
                  className={styles['share']}
                  style={{ width: `${(100 * link.firstBroken) / Math.max(1, inventory)}%` }}
                  aria-hidden="true"
                />
              )}
            </li>
          ))}
        </ol>
      </div>
    </Section>
  );
};
