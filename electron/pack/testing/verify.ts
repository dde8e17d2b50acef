import { z } from 'zod';
import { auditVerifyCommand } from '../../commands/audit-verify.ts';

const answerSchema = z.object({
  ok: z.boolean(),
  entries: z.number(),
  hosts: z.number(),
  quotes: z.number(),
  keyPinned: z.boolean(),
  report: z.string().nullable().optional(),
  evidence: z.string().nullable().optional(),
  signature: z.object({ subject: z.string(), certificate: z.string(), at: z.string() }).nullable().optional(),
  export: z.number().nullable().optional(),
  checkpoint: z.object({ size: z.number(), root: z.string() }).nullable(),
  problems: z.array(z.object({ code: z.string(), sentence: z.string(), next: z.string() })),
  notices: z.array(z.object({ code: z.string(), sentence: z.string(), next: z.string() })),
});
/** What `plumbline audit verify FILE --json` says. */
export const verify = async (pack: string, ...args: readonly string[]) => {
  let [out, err] = ['', ''];
  const io = {
    stdout: (text: string) => void (out += text),
    stderr: (text: string) => void (err += text),
    isTty: false,
    signal: new AbortController().signal,
  };
  const status = await auditVerifyCommand.run([pack, '--json', ...args], io);
  return { status, err, said: out === '' ? null : answerSchema.parse(JSON.parse(out)) };
};
