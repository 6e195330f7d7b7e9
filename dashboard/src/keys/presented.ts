import type { PresentedToken } from '../api/types';
import { createStore } from '../common/store';

/** What the last token lookup told about the pasted token itself. Never the token. */
const lastPresented = createStore<{ id: string; presented: PresentedToken } | null>(null);

export const rememberPresented = (id: string, presented: PresentedToken): void => lastPresented.set({ id, presented });
export const forgetPresented = (): void => lastPresented.set(null);

export function usePresented(id: string): PresentedToken | null {
  const last = lastPresented.use();
  return last?.id === id ? last.presented : null;
}
