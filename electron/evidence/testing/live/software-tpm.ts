import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import path from 'node:path';

const program = ['/usr/bin/swtpm', '/usr/local/bin/swtpm'].find((name) => existsSync(name));

/** Why the tests with manufactured certificates do not run here; empty where they do. */
export const noManufacturer =
  existsSync('/usr/bin/swtpm_setup') && existsSync('/usr/bin/swtpm_localca') ? '' : ' (skipped: swtpm-tools is not installed)';

/** Why the live tests do not run here; empty where they do. */
export const noSoftwareTpm = program === undefined ? ' (skipped: swtpm is not installed)' : '';

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const u32 = (value: number): Buffer => Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);

/** An authorisation: the empty password, or a policy session that is already satisfied. */
export type Session = 'password' | number;
const authOf = (sessions: readonly Session[]): Buffer => {
  const each = sessions.map((session) =>
    Buffer.concat([u32(session === 'password' ? 0x40000009 : session), u16(0), Buffer.from([session === 'password' ? 0 : 1]), u16(0)]),
  );
  const all = Buffer.concat(each);
  return Buffer.concat([u32(all.length), all]);
};

/** TPM_RC_RETRY: the TPM was busy with itself and wants the same command again. */
const RETRY = 0x922;

export class TpmError extends Error {
  readonly code: number;
  constructor(code: number, command: number) {
    super(`TPM error 0x${code.toString(16)} in command 0x${command.toString(16)}`);
    this.code = code;
  }
}

/** A software TPM in a folder of its own, spoken to with raw commands. */
export class SoftwareTpm {
  readonly #folder: string;
  #process: ChildProcess | null = null;
  #socket: Socket | null = null;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(path.join(folder, 'state'), { recursive: true });
  }

  /**
   * Manufactures it with endorsement certificates of an authority of its own, before it is first powered on: a root, an issuer, and one
   * certificate per endorsement key in the TPM's memory. Returns the two certificates of the authority, PEM.
   */
  manufacture(): { readonly root: Buffer; readonly issuer: Buffer } {
    const at = (...parts: readonly string[]): string => path.join(this.#folder, ...parts);
    mkdirSync(at('ca'), { recursive: true });
    const file = (name: string, lines: readonly string[]): string => {
      writeFileSync(at(name), `${lines.join('\n')}\n`);
      return at(name);
    };
    const authority = [
      `statedir = ${at('ca')}`,
      `signingkey = ${at('ca', 'key.pem')}`,
      `issuercert = ${at('ca', 'issuer.pem')}`,
      `certserial = ${at('ca', 'serial')}`,
    ];
    const config = file('setup.conf', [
      `create_certs_tool = /usr/bin/swtpm_localca`,
      `create_certs_tool_config = ${file('localca.conf', authority)}`,
      `create_certs_tool_options = ${file('localca.options', ['--platform-manufacturer Test', '--platform-version 1.0', '--platform-model Rack'])}`,
      'active_pcr_banks = sha256',
    ]);
    const args = ['--tpm2', '--tpmstate', at('state'), '--config', config, '--create-ek-cert', '--overwrite'];
    execFileSync('/usr/bin/swtpm_setup', args, { stdio: 'pipe' });
    return { root: readFileSync(at('ca', 'swtpm-localca-rootca-cert.pem')), issuer: readFileSync(at('ca', 'issuer.pem')) };
  }

  get #address(): string {
    return path.join(this.#folder, 'tpm.sock');
  }

  /** Powers it on and sends TPM2_Startup: after a clean shutdown with `state` it resumes, else it resets. */
  async powerOn(startup: 'clear' | 'state' = 'clear'): Promise<void> {
    const args = ['--tpmstate', `dir=${path.join(this.#folder, 'state')}`, '--server', `type=unixio,path=${this.#address}`];
    const control = ['--ctrl', `type=unixio,path=${path.join(this.#folder, 'control.sock')}`];
    this.#process = spawn(program ?? '', ['socket', '--tpm2', ...args, ...control, '--flags', 'not-need-init'], { stdio: 'ignore' });
    this.#socket = await this.#connected();
    await this.command(0x144, [], [], startup === 'clear' ? u16(0) : u16(1));
  }

  #connected(): Promise<Socket> {
    const until = Date.now() + 10_000;
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        const socket = connect(this.#address);
        socket.once('connect', () => resolve(socket));
        socket.once('error', (error) => {
          socket.destroy();
          if (Date.now() > until) reject(error);
          else setTimeout(attempt, 10);
        });
      };
      attempt();
    });
  }

  /** Takes the power away, after an orderly TPM2_Shutdown unless the power fails. */
  async powerOff(shutdown: 'clear' | 'state' | 'none' = 'clear'): Promise<void> {
    if (this.#process === null) return;
    if (shutdown !== 'none') await this.command(0x145, [], [], shutdown === 'clear' ? u16(0) : u16(1));
    const { exitCode } = this.#process;
    const ended = new Promise<void>((resolve) => this.#process?.once('exit', () => resolve()));
    this.#socket?.destroy();
    this.#process.kill('SIGTERM');
    if (exitCode === null) await ended;
    this.#process = null;
    rmSync(this.#address, { force: true });
  }

  /** Copies the state of a TPM that is off. */
  saveState(name: string): void {
    cpSync(path.join(this.#folder, 'state'), path.join(this.#folder, name), { recursive: true });
  }
  restoreState(name: string): void {
    rmSync(path.join(this.#folder, 'state'), { recursive: true });
    cpSync(path.join(this.#folder, name), path.join(this.#folder, 'state'), { recursive: true });
  }

  /** One command; resolves to what follows the response header. Rejects with a TpmError. */
  async command(code: number, handles: readonly number[], sessions: readonly Session[], parameters: Uint8Array): Promise<Buffer> {
    const body = Buffer.concat([...handles.map(u32), ...(sessions.length > 0 ? [authOf(sessions)] : []), parameters]);
    const header = Buffer.concat([u16(sessions.length > 0 ? 0x8002 : 0x8001), u32(10 + body.length), u32(code)]);
    for (;;) {
      const answer = await this.#exchange(Buffer.concat([header, body]));
      const result = answer.readUInt32BE(6);
      if (result === 0) return answer.subarray(10);
      if (result !== RETRY) throw new TpmError(result, code);
    }
  }

  #exchange(request: Buffer): Promise<Buffer> {
    const socket = this.#socket;
    if (socket === null) return Promise.reject(new Error('the TPM is off'));
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      const done = (end: () => void): void => {
        socket.off('data', onData);
        socket.off('close', onClose);
        end();
      };
      const onClose = (): void => done(() => reject(new Error('the TPM went away')));
      const onData = (part: Buffer): void => {
        parts.push(part);
        const all = Buffer.concat(parts);
        if (all.length >= 10 && all.length >= all.readUInt32BE(2)) done(() => resolve(all));
      };
      socket.on('data', onData);
      socket.on('close', onClose);
      socket.write(request);
    });
  }
}
