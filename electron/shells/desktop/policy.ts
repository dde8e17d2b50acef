import type { Session, WebContents } from 'electron';

export const SCHEME = 'app';
export const ORIGIN = `${SCHEME}://bundle`;
export const START_URL = `${ORIGIN}/index.html`;

/** Only pages of the bundle; a prefix match alone would let app://bundle.evil through. */
export const isOwnUrl = (url: string): boolean => url.startsWith(`${ORIGIN}/`);

/** To write what somebody copies to the clipboard, and to tell by the system what is new. Never to read a clipboard, nor a camera, nor anything else. */
const ALLOWED: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'notifications']);

/** Every permission but those two is denied, and those to every page but our own. */
export const denyPermissions = (session: Session): void => {
  session.setPermissionRequestHandler((contents, permission, callback) => callback(ALLOWED.has(permission) && isOwnUrl(contents.getURL())));
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => ALLOWED.has(permission) && isOwnUrl(`${origin.replace(/\/$/u, '')}/`),
  );
};

/** The window never leaves the bundle, never opens another, never embeds. */
export const confine = (contents: WebContents): void => {
  contents.on('will-navigate', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
};
