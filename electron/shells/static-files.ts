import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** What both shells send with every page. No inline script or style, nothing from elsewhere. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

export type StaticFile = { readonly bytes: Buffer; readonly type: string };

/** A file of the renderer by its URL path, or null. Only regular files below the root are ever read. */
export const readStatic = async (root: string, pathname: string): Promise<StaticFile | null> => {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname === '/' ? '/index.html' : pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const file = path.join(root, path.normalize(decoded));
  const type = TYPES[path.extname(file)];
  if (!file.startsWith(root + path.sep) || type === undefined) return null;
  try {
    if (!(await stat(file)).isFile()) return null;
    return { bytes: await readFile(file), type };
  } catch {
    return null;
  }
};
