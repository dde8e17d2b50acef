import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { BenchResult } from './bench-result.ts';
import { RENDERER_ROOT } from './layout.ts';

const NO_CHROMIUM = 3;
const answerSchema = z.object({
  results: z.array(
    z.object({ name: z.string(), value: z.number(), unit: z.string(), limit: z.number().nullable(), ratio: z.number().nullable() }),
  ),
});

/** The screens in a browser. They need a checkout and a Chromium; where one is missing nothing is measured, and that is said. */
export const uiSuite = async (signal: AbortSignal): Promise<readonly BenchResult[]> => {
  const script = path.join(RENDERER_ROOT, '..', '..', 'scripts', 'bench-ui.mjs');
  if (!existsSync(script)) {
    process.stderr.write('bench: the screens are measured in a checkout only.\n');
    return [];
  }
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'], signal });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code === 0) return answerSchema.parse(JSON.parse(out)).results;
  process.stderr.write(
    code === NO_CHROMIUM ? 'bench: no Chromium, so the screens are not measured.\n' : 'bench: the screens could not be measured.\n',
  );
  return [];
};
