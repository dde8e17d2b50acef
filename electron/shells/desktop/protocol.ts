import { protocol } from 'electron';
import { CONTENT_SECURITY_POLICY, readStatic } from '../static-files.ts';
import { SCHEME } from './policy.ts';

/** Must run before the app is ready. */
export const registerScheme = (): void => {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
};

/** Serves the renderer from its folder; file:// is never used. */
export const serveRenderer = (root: string): void => {
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    const file = url.host === 'bundle' ? await readStatic(root, url.pathname) : null;
    if (!file) return new Response('not found', { status: 404 });
    return new Response(new Uint8Array(file.bytes), {
      headers: { 'content-type': file.type, 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff' },
    });
  });
};
