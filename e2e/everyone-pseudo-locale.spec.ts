import { type BrowserContext, expect, type Page } from '@playwright/test';
import { beyondTheEdge, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole } from './harness/commands.ts';
import { buildPseudoProduct, plainTexts, Sent, type Shown } from './harness/pseudo-locale.ts';
import { groundTruth, test } from './harness/test.ts';

const PAGES = [
  'overview',
  'posture',
  'hosts',
  'hosts?q=no-such-host',
  'map',
  'findings',
  'findings?by=cause',
  'policy',
  'references',
  'references?form=capture',
  'references?form=import',
  'references?form=type',
  'references?form=promote',
  'record',
  `record?at=${Date.now()}`,
  'record?tab=proof',
  'record?tab=exports',
  'record?tab=data',
  'reports',
  'endpoints',
  'jobs',
  'settings',
  'pack',
  'nowhere',
];

/** Elements whose words are in no catalogue, and why. The list may only shrink: one that is not met any more fails the test. */
const LET_OUT: Readonly<Record<string, string>> = {
  kbd: 'The legends of keys are what is printed on them.',
  code: 'Texts of files, commands and queries are the same in every language.',
  pre: 'So are samples of files and whole commands.',
  '.cm-content': 'The text of the manifest.',
  '[role="tree"] [class*="_label_"]': 'Fields of evidence are named as its specification names them.',
  '[class*="_characters_"]': 'The bytes of evidence as characters.',
};
/** Words that are the same in every language, and why. The list may only shrink as well. */
const SAME: Readonly<Record<string, string>> = {
  UTC: 'The name of a time scale (ITU-R TF.460).',
  'SHA-256': 'The name of an algorithm (FIPS 180-4).',
  system: 'As whom the ledger enters what nobody did: recorded, like the names of users.',
};

const sameIn = (text: string): readonly string[] =>
  Object.keys(SAME).filter((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'u').test(text));

test.describe('everyone, in a language of their own', () => {
  let shell: Console;
  let context: BrowserContext;
  let page: Page;
  let sent: Sent;
  let complaints: Awaited<ReturnType<typeof watchComplaints>>;
  const left = new Map<string, Shown & { readonly on: string }>();
  const met = new Set<string>();

  const look = async (on: string): Promise<void> => {
    await sent.settled();
    const found = await plainTexts(page, Object.keys(LET_OUT));
    for (const selector of found.met) met.add(selector);
    for (const { text, where } of found.shown) {
      if (sent.has(text)) continue;
      const same = sameIn(text);
      if (!sent.has(same.reduce((rest, word) => rest.replaceAll(word, ''), text))) left.set(`${text} ${where}`, { text, where, on });
      else for (const word of same) met.add(word);
    }
  };

  test.beforeAll(async ({ browser, fleet }) => {
    test.setTimeout(90_000);
    const cli = await buildPseudoProduct();
    shell = await startConsole(['--endpoints', fleet.endpointsFile], undefined, [], {}, cli);
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: shell.origin, reducedMotion: 'reduce' });
    page = await context.newPage();
    complaints = await watchComplaints(page);
    sent = new Sent(page);
    await page.goto(shell.url);
    await expect(page.getByRole('list', { name: '⟦Ĥöšţš ƀý ṽéŕðîçţ' })).toBeVisible();
  });
  test.afterAll(async () => {
    await context.close();
    await shell.stop();
  });

  test('all that the renderer says is in its catalogue: on every page of the rail, of a host, of a difference, and in dialogs', async ({
    fleet,
  }) => {
    for (const address of PAGES) {
      await page.goto(`/#/${address}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      if (address === 'policy') await expect(page.locator('.cm-content')).toBeVisible();
      await look(address);
    }
    const failed = groundTruth(fleet).find((host) => host.incident === 'boot-loader-changed');
    await page.goto(`/#/hosts?q=${failed?.name ?? 'missing'}`);
    await page
      .getByRole('grid')
      .getByRole('link', { name: failed?.name ?? 'missing' })
      .click();
    const tabs = page.getByRole('tab');
    await expect(tabs.first()).toBeVisible();
    for (let tab = 0; tab < (await tabs.count()); tab += 1) {
      await tabs.nth(tab).click();
      await look(`host, tab ${tab + 1}`);
    }
    await page.goto(`${page.url().split('?')[0] ?? ''}/difference`);
    await expect(page.getByRole('grid').first()).toBeVisible();
    await look('difference');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await look('the dialog of the keyboard');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await look('the palette');
    await page.keyboard.press('Escape');
    await page.goto('/#/findings');
    await page.getByRole('grid').press('ArrowDown');
    await page.getByRole('grid').press('Enter');
    await look('an opened finding');
    expect([...left.values()].map(({ text, where, on }) => `${on}: “${text}” in ${where}`)).toEqual([]);
    expect([...met].toSorted(), 'nothing is let out that need not be').toEqual([...Object.keys(LET_OUT), ...Object.keys(SAME)].toSorted());
    expect(complaints.all()).toEqual([]);
  });

  test('words that are a third longer run beyond no edge, at 1280 and at 640 px', async () => {
    const beyond: string[] = [];
    for (const width of [1280, 640]) {
      await page.setViewportSize({ width, height: 800 });
      for (const address of PAGES) {
        await page.goto(`/#/${address}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await sent.settled();
        if ((await beyondTheEdge(page)) > 0) beyond.push(`${address} at ${width}: ${await beyondTheEdge(page)} px`);
      }
    }
    expect(beyond).toEqual([]);
    expect(complaints.all()).toEqual([]);
  });
});
