import { useEffect, useRef, useState, type RefObject } from 'react';
import classes from './exact-tip.module.css';

const TIP_ID = 'exact-tip';
const GAP = 6;

const targetOf = (event: Event): HTMLElement | null => (event.target instanceof Element ? event.target.closest<HTMLElement>('[data-exact]') : null);
const focusedTarget = (): HTMLElement | null => document.querySelector<HTMLElement>('[data-exact]:focus-visible');

/** One tooltip for all instants on the page: a table shows hundreds of them. */
export function ExactTip() {
  const [target, setTarget] = useState<HTMLElement | null>(null);
  const tip = useRef<HTMLDivElement>(null);
  useTargets(setTarget, tip);
  useEffect(() => {
    if (target && tip.current) place(tip.current, target);
  }, [target]);
  return (
    <aside aria-label="Exact time" hidden={!target}>
      <div ref={tip} id={TIP_ID} role="tooltip" className={classes.tip}>
        {target?.dataset.exact}
      </div>
    </aside>
  );
}

function useTargets(setTarget: (target: HTMLElement | null) => void, tip: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let described: HTMLElement | null = null;
    const show = (next: HTMLElement | null) => {
      described?.removeAttribute('aria-describedby');
      next?.setAttribute('aria-describedby', TIP_ID);
      described = next;
      setTarget(next);
    };
    const follow = () => {
      if (described && described === focusedTarget() && tip.current) place(tip.current, described);
      else show(null);
    };
    const listening = new AbortController();
    const { signal } = listening;
    // A pointer that merely lies on the page does not take the tooltip from the keyboard.
    document.addEventListener('pointerover', (event) => show(targetOf(event) ?? focusedTarget()), { signal });
    document.addEventListener('focusin', (event) => show(targetOf(event)), { signal });
    document.addEventListener('focusout', () => show(null), { signal });
    document.addEventListener('scroll', follow, { signal, capture: true });
    document.addEventListener('keydown', (event) => event.key === 'Escape' && show(null), { signal });
    return () => listening.abort();
  }, [setTarget, tip]);
}

function place(tip: HTMLElement, target: HTMLElement): void {
  const box = target.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const above = box.top - height - GAP;
  const left = Math.max(GAP, Math.min(box.left, innerWidth - width - GAP));
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 0 ? above : box.bottom + GAP}px`;
}
