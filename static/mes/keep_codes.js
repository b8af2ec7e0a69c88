// Print and copy for a page of recovery codes; writing them down works without.
const status = document.querySelector("[data-copy-status]");

document.querySelector("[data-print]").addEventListener("click", () => window.print());

document.querySelector("[data-copy]").addEventListener("click", async ({ currentTarget: button }) => {
  const lines = [...document.getElementById(button.dataset.copy).children].map((line) => line.textContent.trim());
  try {
    await navigator.clipboard.writeText(lines.join("\n"));
    status.textContent = button.dataset.copied;
  } catch {
    status.textContent = button.dataset.notCopied;
  }
});
