// Runs before the first paint, so that a chosen theme never flashes.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    // storage is closed to us: the system's theme stays
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
