// How a screen keeps up while something moves on it. Each of the first two runs in the page.

/** Scrolls as fast as frames come; says how long each took. */
export const scroll = async ({ selector, frames, by }) => {
  const scroller = document.querySelector(selector);
  const took = [];
  let before = await new Promise((resolve) => {
    requestAnimationFrame(resolve);
  });
  for (let at = 0; at < frames; at += 1) {
    scroller.scrollTop += by;
    const now = await new Promise((resolve) => {
      requestAnimationFrame(resolve);
    });
    took.push(now - before);
    before = now;
  }
  return took;
};

/** Moves what has the focus, and zooms in and out with the wheel, one step a frame; says how long each frame took. */
export const move = async ({ selector, frames }) => {
  const target = document.querySelector(selector);
  const box = target.getBoundingClientRect();
  const wheel = (deltaY) =>
    target.dispatchEvent(
      new WheelEvent('wheel', {
        deltaY,
        clientX: box.left + box.width / 2,
        clientY: box.top + box.height / 2,
        bubbles: true,
        cancelable: true,
      }),
    );
  const key = (name) => target.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
  const took = [];
  let before = await new Promise((resolve) => {
    requestAnimationFrame(resolve);
  });
  for (let at = 0; at < frames; at += 1) {
    const turn = Math.floor(at / 30) % 4;
    if (turn === 0) wheel(-60);
    else if (turn === 1) key(at % 10 < 5 ? 'ArrowRight' : 'ArrowLeft');
    else if (turn === 2) key(at % 10 < 5 ? 'ArrowUp' : 'ArrowDown');
    else wheel(60);
    const now = await new Promise((resolve) => {
      requestAnimationFrame(resolve);
    });
    took.push(now - before);
    before = now;
  }
  return took;
};

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
const most = (numbers) => numbers.reduce((largest, one) => Math.max(largest, one), 0);

/** Tasks of the page's main thread while `act` ran: ms by the clock, and ms that the thread was on a processor, which other load does not lengthen. */
export const tasksOf = async (browser, page, act) => {
  await browser.startTracing(page, { categories: ['-*', 'disabled-by-default-devtools.timeline'] });
  const value = await act();
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        setTimeout(resolve, 200);
      }),
  );
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const main = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const byThread = new Map();
  for (const { name, ph, pid, tid, dur = 0, tdur = 0 } of traceEvents)
    if (name === 'RunTask' && ph === 'X' && main.has(`${pid} ${tid}`)) {
      const tasks = byThread.get(pid) ?? [];
      tasks.push({ wall: dur / 1000, cpu: tdur / 1000 });
      byThread.set(pid, tasks);
    }
  // Other renderers of the browser do next to nothing.
  const [tasks = []] = [...byThread.values()].toSorted((a, b) => sum(b.map(({ cpu }) => cpu)) - sum(a.map(({ cpu }) => cpu)));
  return {
    value,
    wall: most(tasks.map(({ wall }) => wall)),
    cpu: most(tasks.map(({ cpu }) => cpu)),
    cpuSum: sum(tasks.map(({ cpu }) => cpu)),
  };
};

/** Frames and tasks of one movement. */
export const fluency = async (browser, page, inPage, given) => {
  const { value: took, wall, cpu, cpuSum } = await tasksOf(browser, page, () => page.evaluate(inPage, given));
  const sorted = took.toSorted((a, b) => a - b);
  return {
    longest: wall,
    longestCpu: cpu,
    cpuOfFrame: cpuSum / took.length,
    median: sorted[Math.floor(sorted.length / 2)],
    p99: sorted[Math.floor(sorted.length * 0.99)],
    dropped: took.filter((ms) => ms > 25).length,
  };
};
