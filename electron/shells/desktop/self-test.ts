import { app, type BrowserWindow } from 'electron';
import { z } from 'zod';
import type { EngineHost } from '../../engine/host.ts';
import { isOwnUrl } from './policy.ts';

type Outcome = { readonly name: string; readonly ok: boolean; readonly detail: string };

const pageFacts = z.object({
  bridgeKeys: z.array(z.string()),
  bridgeFrozen: z.boolean(),
  node: z.array(z.string()),
  callOk: z.boolean(),
  inlineScriptRan: z.boolean(),
  foreignFetch: z.string(),
});

/** Runs in the page: what an attacker's script would try. A script element, because evaluation from outside bypasses the policy. */
const PROBE = `(async () => {
  const bridge = window.plumbline;
  const answer = await bridge.call('app.info', {});
  const script = document.createElement('script');
  script.textContent = 'window.__inline = true';
  document.body.append(script);
  const foreignFetch = await fetch('https://example.invalid/').then(() => 'answered', (error) => String(error.name));
  return {
    bridgeKeys: Object.keys(bridge).sort(),
    bridgeFrozen: Object.isFrozen(bridge),
    node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
    callOk: answer.ok === true,
    inlineScriptRan: window.__inline === true,
    foreignFetch,
  };
})()`;

/** What the desktop promises, checked in the running app itself: prints one JSON document and exits 0 or 1. */
export const runSelfTest = async (window: BrowserWindow, engine: EngineHost): Promise<void> => {
  const results: Outcome[] = [];
  const check = (name: string, ok: boolean, detail = ''): void => {
    results.push({ name, ok, detail });
  };
  try {
    check('window shows the bundle', isOwnUrl(window.webContents.getURL()), window.webContents.getURL());
    const info = await engine.call('app.info', {});
    check('engine and database answer', info.ok);
    const facts = pageFacts.parse(await window.webContents.executeJavaScript(PROBE));
    check('bridge has exactly two functions', facts.bridgeKeys.join(' ') === 'call subscribe', facts.bridgeKeys.join(' '));
    check('bridge is frozen', facts.bridgeFrozen);
    check('no Node in the page', facts.node.length === 0, facts.node.join(' '));
    check('page reaches the engine', facts.callOk);
    check('inline script is blocked', !facts.inlineScriptRan);
    check('foreign fetch is blocked', facts.foreignFetch !== 'answered', facts.foreignFetch);
  } catch (error) {
    check('self-test ran to its end', false, error instanceof Error ? error.message : String(error));
  }
  const ok = results.every((result) => result.ok);
  process.stdout.write(
    `${JSON.stringify({ ok, electron: process.versions.electron ?? null, simulated: (process.versions.electron ?? '').endsWith('-sim'), results })}\n`,
  );
  await engine.stop();
  app.exit(ok ? 0 : 1);
};
