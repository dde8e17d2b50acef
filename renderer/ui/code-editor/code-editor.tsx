import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  insertCompletionText,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import styles from './code-editor.module.css';
import { LOOK } from './look.ts';

/** Line and column count from one. `replacement`: what was probably meant instead of the word there. */
export type Fault = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly replacement: string | null;
};
export type Offers = {
  readonly from: number;
  readonly offers: readonly { readonly label: string; readonly insert: string; readonly doc: string }[];
};
export type CodeEditorHandle = {
  readonly goTo: (line: number, column: number) => void;
  /** Writes something else in the place of the word there; it can be undone like everything that is typed. */
  readonly replace: (line: number, column: number, text: string) => void;
};

type Props = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly faults: readonly Fault[];
  /** What may stand at an offset; null = nothing. */
  readonly complete: (text: string, cursor: number) => Offers | null;
  readonly ref?: React.Ref<CodeEditorHandle>;
};

/** A change that came from outside is not told outside again. */
const FROM_OUTSIDE = Annotation.define<true>();
const asTyped = (text: string): string => text.replaceAll(/\r\n?/gu, '\n');

const offsetOf = (view: EditorView, line: number, column: number): number => {
  const { doc } = view.state;
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(found.from + Math.max(0, column - 1), found.to);
};

const wordAt = (view: EditorView, from: number): number => {
  const { text, to, from: start } = view.state.doc.lineAt(from);
  const length = /^[\w.-]+/u.exec(text.slice(from - start))?.[0].length ?? 1;
  return Math.min(from + length, to);
};

const diagnosticOf = (view: EditorView, { line, column, message, severity, replacement }: Fault): Diagnostic => {
  const from = offsetOf(view, line, column);
  const actions =
    replacement === null
      ? []
      : [
          {
            name: `Write ${replacement}`,
            apply: (target: EditorView, start: number, end: number) =>
              target.dispatch({ changes: { from: start, to: end, insert: replacement } }),
          },
        ];
  return { from, to: wordAt(view, from), severity, message, actions };
};

/**
 * A text of several lines to write in, with line numbers, what is wrong in its place, and what may stand at the cursor. Tab leaves it, so that the
 * keyboard is never caught; Ctrl+Space offers, F8 goes to the next fault, Ctrl+F searches. It lives in a shadow root, because its sheets are made
 * by script, which the content security policy allows there and not in the document.
 */
export const CodeEditor = ({ label, value, onChange, faults, complete, ref }: Props) => {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ onChange, complete });
  /** Texts that were told outside and have not come back yet. */
  const told = useRef<string[]>([]);
  useEffect(() => {
    latest.current = { onChange, complete };
  });

  useEffect(() => {
    if (host.current === null) return undefined;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open', delegatesFocus: true });
    const made = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          search({ top: true }),
          yaml(),
          autocompletion({
            icons: false,
            override: [
              ({ state, pos, explicit }) => {
                const found = latest.current.complete(state.doc.toString(), pos);
                // Unasked only where a word has begun: a list over what is read is in the way.
                if (found === null || found.offers.length === 0 || (!explicit && found.from === pos)) return null;
                return {
                  from: found.from,
                  validFor: /^[\w.-]*$/u,
                  options: found.offers.map(({ label: word, insert, doc }) => ({
                    label: word,
                    ...(doc !== '' && { info: doc }),
                    apply: (target, _completion, from, to) => {
                      target.dispatch(insertCompletionText(target.state, insert, from, to));
                      // What was put in often asks for a word of its own.
                      if (/\s$/u.test(insert)) startCompletion(target);
                    },
                  })),
                };
              },
            ],
          }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((one) => one.annotation(FROM_OUTSIDE) === true)) return;
            const text = update.state.doc.toString();
            told.current.push(text);
            latest.current.onChange(text);
          }),
          LOOK,
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- it is made once; a later value comes by the effect below
  }, [label]);

  useLayoutEffect(() => {
    // What comes back late must not undo what was typed since.
    const at = told.current.lastIndexOf(value);
    if (at !== -1) {
      told.current.splice(0, at + 1);
      return;
    }
    told.current = [];
    const here = view.current;
    if (here === null || here.state.doc.toString() === asTyped(value)) return;
    here.dispatch({ changes: { from: 0, to: here.state.doc.length, insert: value }, annotations: FROM_OUTSIDE.of(true) });
  }, [value]);

  useEffect(() => {
    const here = view.current;
    if (here === null) return;
    here.contentDOM.setAttribute('aria-invalid', String(faults.some(({ severity }) => severity === 'error')));
    here.dispatch(
      setDiagnostics(
        here.state,
        faults.map((fault) => diagnosticOf(here, fault)),
      ),
    );
  }, [faults]);

  useImperativeHandle(
    ref,
    () => ({
      goTo: (line, column) => {
        const here = view.current;
        if (here === null) return;
        const anchor = offsetOf(here, line, column);
        here.dispatch({ selection: { anchor, head: wordAt(here, anchor) }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
        here.focus();
      },
      replace: (line, column, insert) => {
        const here = view.current;
        if (here === null) return;
        const from = offsetOf(here, line, column);
        here.dispatch({
          changes: { from, to: wordAt(here, from), insert },
          selection: { anchor: from + insert.length },
          scrollIntoView: true,
        });
        here.focus();
      },
    }),
    [],
  );
  return <div ref={host} className={styles['host']} data-code-editor />;
};
