import { useEffect } from 'react';
import { go } from './router';

export const SEARCH_INPUT_ID = 'key-search';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

function focusSearch(): void {
  const input = document.getElementById(SEARCH_INPUT_ID);
  if (input) return input.focus();
  go('#/keys');
  // The page has to be there first.
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(SEARCH_INPUT_ID)?.focus()));
}

export function useShortcuts({ openHelp }: { openHelp: () => void }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"]')) return;
      if (event.key !== '/' && event.key !== '?') return;
      event.preventDefault();
      if (event.key === '/') focusSearch();
      else openHelp();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [openHelp]);
}
