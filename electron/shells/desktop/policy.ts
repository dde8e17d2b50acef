import type { Session, WebContents } from 'electron';

export const SCHEME = 'app';
export const ORIGIN = `${SCHEME}://bundle`;
export const START_URL = `${ORIGIN}/index.html`;

/** Only pages of the bundle; a prefix match alone would let app://bundle.evil through. */
export const isOwnUrl = (url: string): boolean => url.startsWith(`${ORIGIN}/`);

/** No permission is ever needed: not a camera, not notifications, not a clipboard read. */
export const denyPermissions = (session: Session): void => {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
};

/** The window never leaves the bundle, never opens another, never embeds. */
export const confine = (contents: WebContents): void => {
  contents.on('will-navigate', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
};
