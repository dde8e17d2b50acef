import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Keys stand out by weight, notes by slant: colour is kept for what can be acted on and for verdicts. */
const words = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], fontWeight: '600' },
  { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--text-3)' },
  { tag: [tags.string, tags.content], color: 'var(--text-1)' },
]);

const frame = EditorView.theme({
  '&': {
    maxHeight: 'var(--editor-height, 60vh)',
    color: 'var(--text-1)',
    background: 'var(--surface-2)',
    border: '1px solid var(--line-2)',
    borderRadius: '3px',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { minHeight: '240px', overflow: 'auto', fontFamily: 'var(--mono)', fontSize: 'var(--size-2)', lineHeight: '20px' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text-1)' },
  '.cm-line': { padding: '0 12px 0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--text-1)' },
  '.cm-gutters': { background: 'var(--surface-2)', color: 'var(--text-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': { background: 'var(--surface-3)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--accent-wash)' },
  '&.cm-focused .cm-matchingBracket': { background: 'transparent', outline: '1px solid var(--line-2)' },
  '&.cm-focused .cm-nonmatchingBracket': { background: 'transparent' },
  '.cm-lintRange-error, .cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--text-1)',
    textUnderlineOffset: '4px',
  },
  '.cm-lintRange-warning': { textDecorationStyle: 'dotted' },
  '.cm-lintRange-active': { background: 'var(--surface-3)' },
  '.cm-lint-marker': { width: '12px', height: '12px', content: 'none' },
  '.cm-lint-marker::before': { content: '"▲"', color: 'var(--text-1)', fontSize: '10px', lineHeight: '20px' },
  '.cm-lint-marker-warning::before': { content: '"△"' },
  '.cm-tooltip': {
    border: '1px solid var(--line-2)',
    borderRadius: '4px',
    background: 'var(--surface-2)',
    color: 'var(--text-1)',
    fontFamily: 'var(--sans)',
    fontSize: 'var(--size-2)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: 'var(--size-2)', maxHeight: '224px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 12px', lineHeight: '20px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--accent)', color: 'var(--accent-ink)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 12px', maxWidth: '320px', lineHeight: '20px', color: 'var(--text-2)' },
  '.cm-diagnostic': { padding: '8px 12px', borderLeft: '3px solid var(--text-1)' },
  '.cm-diagnosticAction': { padding: '2px 8px', borderRadius: '3px', background: 'var(--accent)', color: 'var(--accent-ink)' },
  '.cm-panels': { background: 'var(--surface-1)', color: 'var(--text-1)', borderColor: 'var(--line-1)' },
  '.cm-panel.cm-search': { fontSize: 'var(--size-2)' },
  '.cm-textfield, .cm-button': {
    border: '1px solid var(--line-2)',
    borderRadius: '3px',
    background: 'var(--surface-2)',
    color: 'var(--text-1)',
    fontSize: 'var(--size-2)',
  },
  '.cm-searchMatch': { background: 'var(--accent-wash)', outline: '1px solid var(--line-2)' },
  '.cm-searchMatch-selected': { outline: '2px solid var(--accent)' },
});

/** The look of a text that is written here, from the tokens alone. */
export const LOOK = [frame, syntaxHighlighting(words)];
