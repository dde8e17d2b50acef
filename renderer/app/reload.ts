const KEY = 'plumbline.reloaded';
const NOT_AGAIN_MS = 60_000;

/** The files behind an open page were replaced by a newer version: load that, but never in a circle. */
export const reloadWhenReplaced = (): void =>
  addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last < NOT_AGAIN_MS) return;
    event.preventDefault();
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  });
