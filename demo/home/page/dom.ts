/** The element of the page with this id. */
export const byId = <Type extends HTMLElement>(id: string): Type => document.getElementById(id) as Type;

/** A new element. What is put in is text, never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className: string, ...content: (string | Node)[]) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/** The button can't be pressed again until what it began is over. What went wrong, the log tells. */
export function onPress(id: string, work: () => Promise<unknown>): void {
  const button = byId<HTMLButtonElement>(id);
  button.addEventListener('click', () => {
    button.disabled = true;
    void work()
      .catch(() => undefined)
      .finally(() => (button.disabled = false));
  });
}
