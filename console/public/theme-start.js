// Runs before the first paint, so that a dark screen does not flash white. The same key and rule as ui/theme/theme.ts.
(() => {
  let choice;
  try {
    choice = localStorage.getItem('millrace.theme');
  } catch {
    choice = null;
  }
  const dark =
    choice === 'dark' || (choice !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
