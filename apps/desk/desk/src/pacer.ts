/** Ticks in a thread of its own: browsers let the timers of a page that nobody looks at run once a minute only. */
setInterval(() => {
  postMessage(null);
}, 10_000);
