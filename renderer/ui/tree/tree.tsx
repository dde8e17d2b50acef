import { useEffect, useId, useRef, useState } from 'react';
import { hasInside, outsideOf, visibleItems } from './tree-rows.ts';
import styles from './tree.module.css';

export type TreeNode = { readonly depth: number; readonly label: string; readonly value: string };

type TreeProps = {
  label: string;
  nodes: readonly TreeNode[];
  /** -1: none. */
  selected: number;
  onSelect: (index: number) => void;
};

/**
 * Items inside of items, as WAI-ARIA describes a tree: one stop for Tab; up and down move, right unfolds or goes inside, left folds or goes
 * outside, Home and End to the ends. What the keyboard is at is selected.
 */
export const Tree = ({ label, nodes, selected, onSelect }: TreeProps) => {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const shown = visibleItems(nodes, folded);
  const here = shown.includes(selected) ? selected : (shown[0] ?? -1);
  const fold = (index: number, isFolded: boolean): void =>
    setFolded((before) => new Set(isFolded ? [...before, index] : [...before].filter((one) => one !== index)));
  useEffect(() => {
    // Only within the tree: the page stays where it is.
    const [box, row] = [list.current, document.getElementById(`${id}-${selected}`)];
    if (box === null || row === null) return;
    if (row.offsetTop < box.scrollTop) box.scrollTop = row.offsetTop;
    else if (row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = row.offsetTop + row.offsetHeight - box.clientHeight;
  }, [id, selected]);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const place = shown.indexOf(here);
    const inside = hasInside(nodes, here);
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => onSelect(shown[Math.min(shown.length - 1, place + 1)] ?? here),
      ArrowUp: () => onSelect(shown[Math.max(0, place - 1)] ?? here),
      Home: () => onSelect(shown[0] ?? here),
      End: () => onSelect(shown.at(-1) ?? here),
      ArrowRight: () => {
        if (inside && folded.has(here)) fold(here, false);
        else if (inside) onSelect(here + 1);
      },
      ArrowLeft: () => {
        if (inside && !folded.has(here)) fold(here, true);
        else if (outsideOf(nodes, here) >= 0) onSelect(outsideOf(nodes, here));
      },
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };
  return (
    <div
      ref={list}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={here < 0 ? undefined : `${id}-${here}`}
      className={styles['tree']}
      onKeyDown={onKeyDown}
    >
      {shown.map((index) => {
        const node = nodes[index];
        if (node === undefined) return null;
        const inside = hasInside(nodes, index);
        return (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the tree holds the focus and handles the keys
          <div
            key={index}
            id={`${id}-${index}`}
            role="treeitem"
            aria-level={node.depth + 1}
            aria-selected={index === selected}
            data-here={index === here}
            {...(inside && { 'aria-expanded': !folded.has(index) })}
            className={styles['item']}
            style={{ paddingLeft: 8 + node.depth * 16 }}
            onClick={(event) => {
              if (inside && event.target instanceof Element && event.target.closest('[data-fold]') !== null)
                fold(index, !folded.has(index));
              else onSelect(index);
            }}
          >
            <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true" data-fold data-shown={inside} data-folded={folded.has(index)}>
              <path d="M0 1.6h8L4 7.2Z" fill="currentColor" />
            </svg>
            <span className={styles['label']}>{node.label}</span>
            <span className={styles['value']} title={node.value}>
              {node.value}
            </span>
          </div>
        );
      })}
    </div>
  );
};
