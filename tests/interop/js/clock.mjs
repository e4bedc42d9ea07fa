// A request's `now`: the clock that an SDK sees while it judges what was signed long ago.

const Real = Date;

// Requests are answered one after another, so that nobody else meets this clock.
export async function at(seconds, run) {
  if (seconds == null) return run();
  const now = () => seconds * 1000;
  globalThis.Date = class extends Real {
    constructor(...given) {
      super(...(given.length ? given : [now()]));
    }

    static now() {
      return now();
    }
  };
  try {
    return await run();
  } finally {
    globalThis.Date = Real;
  }
}
