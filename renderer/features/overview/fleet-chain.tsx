import type { Overview } from '../../../shared/contract/schemas.ts';
import { hostsHref } from '../../app/navigation.ts';
import { BOB_PATH } from '../../ui/plumb-bob.tsx';
import { count, LINK_WORD, plural } from '../../ui/words.ts';
import { fleetLine } from './fleet-line.ts';
import { Section } from './section.tsx';
import styles from './fleet-chain.module.css';

const ROW_PX = 36;

/**
 * The whole fleet as one plumb line. Its thickness is the share of hosts still believed; where hosts break away, their strand tears off
 * and leans. The list beside it says the same in words and numbers.
 */
export const FleetChain = ({ links, inventory }: { links: Overview['links']; inventory: number }) => {
  const broken = links.reduce((sum, link) => sum + link.firstBroken, 0);
  const line = fleetLine(
    links.map((link) => link.firstBroken),
    inventory,
    { x: 20, rowPx: ROW_PX, widest: 10 },
  );
  const foot = links.length * ROW_PX;
  return (
    <Section title="Where trust breaks" aside={<span>{broken === 0 ? 'nowhere' : plural(broken, 'host', 'hosts')}</span>}>
      <div className={styles['chain']}>
        <svg className={styles['line']} width="64" height={foot + 28} viewBox={`0 0 64 ${foot + 28}`} aria-hidden="true">
          <path className={styles['anchor']} d="M8 .75h24" />
          {line.trunk.map((part) => (
            <path key={part.y1} className={styles['trunk']} strokeWidth={part.width} d={`M${line.x} ${part.y1}V${part.y2}`} />
          ))}
          {line.strands.map((strand) => (
            <path key={strand.index} className={styles['strand']} strokeWidth={strand.width} d={strand.path} />
          ))}
          <path className={styles['bob']} transform={`translate(${line.x} ${foot})`} d={BOB_PATH} />
        </svg>
        <ol>
          {links.map((link) => (
            <li key={link.link} data-broken={link.firstBroken > 0}>
              <span className={styles['name']}>{LINK_WORD[link.link]}</span>
              <span className={styles['open']}>
                {link.inconclusive > 0 && `${count(link.inconclusive)} open`}
                {link.inconclusive === 0 && link.notRequired === inventory && 'not required'}
              </span>
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
            </li>
          ))}
        </ol>
      </div>
    </Section>
  );
};
