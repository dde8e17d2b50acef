import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Link, LinkVerdict } from '../../shared/model/verdict.ts';
import { chainEnd, chainLine, type ChainLine, type Point } from '../../shared/drawing/chain-line.ts';
import { BOB_PATH, BROKEN_NODE_PATH } from '../../shared/drawing/shapes.ts';
import { joinSentences } from './sentences.ts';
import { LinkVerdictWord } from './verdict-mark.tsx';
import { LINK_WORD } from './words.ts';
import styles from './chain.module.css';

export type ChainPart = {
  readonly link: Link;
  readonly verdict: LinkVerdict;
  readonly reason: string;
  readonly basis: readonly string[];
  readonly notEvaluated: readonly string[];
  readonly believable: boolean;
};

const NODE_Y = 20;
const BOB_PX = 36;
const NODE_CLEAR = 9;

const Node = ({ at, verdict, believable }: { at: Point; verdict: LinkVerdict; believable: boolean }) => {
  const faded = believable || verdict === 'failed' ? '' : ` ${styles['faded']}`;
  const place = `translate(${at.x} ${at.y})`;
  if (verdict === 'failed') return <path className={`${styles['failed']}${faded}`} transform={place} d={BROKEN_NODE_PATH} />;
  if (verdict === 'inconclusive') return <circle className={`${styles['open']}${faded}`} transform={place} r="5.5" />;
  if (verdict === 'not-required') return <circle className={styles['none']} transform={place} r="2" />;
  return <circle className={`${styles['held']}${faded}`} transform={place} r="5.5" />;
};

const Line = ({ line, broken, parts, height }: { line: ChainLine; broken: boolean; parts: readonly ChainPart[]; height: number }) => {
  const [from, to] = line.straight;
  const holds = line.rest === null;
  return (
    <svg className={styles['line']} width="104" height={height} viewBox={`0 0 104 ${height}`} aria-hidden="true">
      <path className={styles['anchor']} d={`M${from.x - 14} .75h28`} />
      <path className={styles['straight']} d={`M${from.x} ${from.y}V${holds ? to.y : to.y - (broken ? NODE_CLEAR : 6)}`} />
      {line.rest !== null && (
        <path
          className={broken ? styles['leaning'] : styles['dotted']}
          d={`M${line.rest[0].x} ${line.rest[0].y}L${line.rest[1].x} ${line.rest[1].y}`}
        />
      )}
      {line.nodes.map((node, index) => {
        const part = parts[index];
        return part === undefined ? null : <Node key={part.link} at={node} verdict={part.verdict} believable={part.believable} />;
      })}
      <path
        className={holds ? styles['bob'] : styles['hollowBob']}
        transform={`translate(${line.bob.x} ${line.bob.y}) rotate(${line.degrees})`}
        d={BOB_PATH}
      />
    </svg>
  );
};

const Sentence = ({ lead, text }: { lead: string; text: string }) =>
  text === '' ? null : (
    <p className={styles['items']}>
      {lead} {text}
    </p>
  );

const Part = ({ part, first }: { part: ChainPart; first: boolean }) => (
  <li className={styles['part']} data-believable={part.believable} data-verdict={part.verdict}>
    {first && <p className={styles['limit']}>What follows can no longer be believed</p>}
    <div className={styles['name']}>
      <h3>{LINK_WORD[part.link]}</h3>
      <LinkVerdictWord verdict={part.verdict} />
    </div>
    <div className={styles['words']}>
      <p>{part.reason}</p>
      <Sentence lead="Rests on:" text={joinSentences(part.basis, part.reason)} />
      <Sentence lead="Not evaluated:" text={joinSentences(part.notEvaluated, part.reason)} />
    </div>
  </li>
);

/** The chain of trust at full size. The list carries every word; the line beside it is drawn through the rows wherever they come to lie. */
export const Chain = ({ parts, label }: { parts: readonly ChainPart[]; label: string }) => {
  const list = useRef<HTMLOListElement>(null);
  const [rows, setRows] = useState<{ ys: readonly number[]; height: number }>({ ys: [], height: 0 });
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const ys = [...element.children].map((child) => {
        const name = child.querySelector('h3');
        return name === null ? 0 : name.getBoundingClientRect().top - element.getBoundingClientRect().top + NODE_Y / 2;
      });
      setRows({ ys, height: element.offsetHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    for (const each of [element, ...element.children]) observer.observe(each);
    return () => observer.disconnect();
  }, []);
  const end = useMemo(() => chainEnd(parts.map((part) => part.verdict)), [parts]);
  const line = chainLine(end, { x: 28, top: 0, bottom: rows.height, ys: rows.ys, gap: 16, lean: 58 });
  const limit = end.how === 'broken' ? parts.findIndex((part, index) => index > end.at && !part.believable) : -1;
  return (
    <div className={styles['chain']}>
      {rows.height > 0 && <Line line={line} broken={end.how === 'broken'} parts={parts} height={rows.height + BOB_PX} />}
      <ol ref={list} aria-label={label}>
        {parts.map((part, index) => (
          <Part key={part.link} part={part} first={index === limit} />
        ))}
      </ol>
    </div>
  );
};
