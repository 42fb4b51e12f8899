/* The demonstration shop: its example questions go into the chat's field, ready to be sent. */

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => window.Crossdesk?.open(button.textContent));
}
