import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { buildRenderer } from '../../scripts/messages/build.ts';
import { PSEUDO } from '../../scripts/messages/pseudo.ts';
import { valuesOfAll } from '../../scripts/messages/sources.ts';
import { ROOT } from './commands.ts';

/** The product as it was built, but for its renderer, which is in the pseudo-locale. It lies in the repository, where its packages are found. */
export const buildPseudoProduct = async (): Promise<string> => {
  const folder = path.join(ROOT, 'test-results', 'pseudo-locale');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(ROOT, 'dist', 'electron'), path.join(folder, 'dist', 'electron'), { recursive: true });
  cpSync(path.join(ROOT, 'resources'), path.join(folder, 'resources'), { recursive: true });
  cpSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  await buildRenderer(PSEUDO, path.join(folder, 'dist', 'renderer'));
  return path.join(folder, 'dist', 'electron', 'cli.js');
};

/** How values are printed that are not shown as they came. */
const FORMS: readonly RegExp[] = [
  // An instant in UTC (RFC 3339), of a number of milliseconds.
  /^\d{4}-\d\d-\d\dt\d\d:\d\d:\d\d\.\d{3}z$/u,
  // Bytes, offsets and digests in hexadecimal, whole or without their middle.
  /^[0-9a-f]{2,}(?:…[0-9a-f]+)?$/u,
];
/** What stands between values that are shown together, from the widest to the narrowest: a word of the pseudo-locale has no plain letter. */
const BETWEEN: readonly RegExp[] = [
  /[⟦⟧]/u,
  /; | · /u,
  /(?:^|\s)(?=\S*[^\p{ASCII}])[^a-z\s]+(?=\s|$)/iu,
  /, /u,
  /(?:^|\s)[^a-z\s]+(?=\s|$)/iu,
];
/** From so many letters on a text is not found in what was sent by chance. */
const LONG = 12;
/** As sentences are compared: where one begins and how it ends depends on where it is shown. */
const bare = (text: string): string => text.toLowerCase().replace(/^[\s“"(,:]+|[\s”".,:;)]+$/gu, '');

const stringsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
};

/** The words by which the program tells things apart, verdicts and states among them. The renderer has words of its own for these: shown as it came, it is not translated. */
const ENUMERATED = new Set([...valuesOfAll()].filter((text) => /^[a-z]+(?:-[a-z]+)*$/u.test(text)));
const REGIONS = new Intl.DisplayNames(['en-GB'], { type: 'region', fallback: 'none' });
const regionOf = (code: string): string | undefined => (/^[A-Z]{2}$/u.test(code) ? REGIONS.of(code) : undefined);

/** What the engine sent to a page: whatever of it is shown is data, and is in no catalogue. */
export class Sent {
  readonly #whole = new Set<string>();
  readonly #page: Page;
  readonly #reading = new Set<Promise<void>>();
  #asked = 0;
  #answered = 0;

  constructor(page: Page) {
    this.#page = page;
    page.on('request', () => (this.#asked += 1));
    page.on('requestfailed', () => (this.#answered += 1));
    page.on('requestfinished', (request) => {
      this.#answered += 1;
      if (!request.url().endsWith('/rpc')) return;
      const reading = request
        .response()
        .then((response) => response?.json())
        .then((answer: unknown) => this.#take(answer))
        .catch(() => undefined);
      this.#reading.add(reading);
    });
  }

  #take(answer: unknown): undefined {
    for (const text of stringsIn(answer)) {
      const name = regionOf(text);
      if (name !== undefined) this.#whole.add(bare(name));
      if (!ENUMERATED.has(text)) this.#whole.add(bare(text));
    }
    return undefined;
  }

  /** Nothing is being asked, and what came is drawn. */
  async settled(): Promise<void> {
    await expect
      .poll(async () => {
        const before = this.#asked;
        await this.#page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30))));
        return this.#asked === before && this.#asked === this.#answered;
      })
      .toBe(true);
    await Promise.all(this.#reading);
  }

  /** Whether a text is what was sent: a whole one, a long piece of one, or several with a mark between. */
  has(text: string): boolean {
    const wanted = bare(text);
    return (
      wanted === '' ||
      FORMS.some((form) => form.test(wanted)) ||
      this.#whole.has(wanted) ||
      (wanted.length >= LONG && this.#all().includes(wanted)) ||
      this.#inPieces(wanted)
    );
  }

  #inPieces(text: string): boolean {
    return BETWEEN.some((between) => {
      const pieces = text.split(between);
      return pieces.length > 1 && pieces.filter((piece) => /[a-z]/iu.test(piece)).every((piece) => this.has(piece));
    });
  }

  #all(): string {
    return [...this.#whole].join('\n');
  }
}

export type Shown = { readonly text: string; readonly where: string };

/** All that is shown or told by a page and has a plain letter, and is in none of the elements that are let out; and which of these were met. */
export const plainTexts = (
  page: Page,
  letOut: readonly string[],
): Promise<{ readonly shown: readonly Shown[]; readonly met: readonly string[] }> =>
  page.evaluate((selectors) => {
    const shown: { text: string; where: string }[] = [];
    const met = new Set<string>();
    const where = (element: Element): string =>
      `${element.parentElement?.localName ?? ''} > ${element.localName}${element.classList.length === 0 ? '' : `.${element.classList[0]}`}`;
    const put = (text: string, element: Element, of: string): void => {
      const plain = text.trim();
      if (!/[a-z]/iu.test(plain)) return;
      const out = selectors.find((selector) => element.closest(selector) !== null);
      if (out === undefined) shown.push({ text: plain, where: where(element) + of });
      else met.add(out);
    };
    // The choices of a list are shown when it is opened.
    const isShown = (element: Element | null): element is Element =>
      element !== null && element.localName !== 'style' && (element.closest('select') ?? element).checkVisibility();
    const lookAt = (root: Element | ShadowRoot): void => {
      const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node !== null; node = texts.nextNode())
        if (isShown(node.parentElement)) put(node.textContent ?? '', node.parentElement, '');
      for (const name of ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt'])
        for (const element of root.querySelectorAll(`[${name}]`))
          if (isShown(element)) put(element.getAttribute(name) ?? '', element, `[${name}]`);
      for (const element of root.querySelectorAll('*')) if (element.shadowRoot !== null) lookAt(element.shadowRoot);
    };
    lookAt(document.body);
    put(document.title, document.documentElement, ' title');
    return { shown, met: [...met] };
  }, letOut);
