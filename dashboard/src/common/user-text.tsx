import classes from './user-text.module.css';

interface UserTextProps {
  children: string;
  mono?: boolean;
  /** Cut at the end of the line instead of wrapping. */
  truncate?: boolean;
}

/** Text that came from outside: kept apart so that its direction or length cannot disturb what stands around it. */
export function UserText({ children, mono = false, truncate = false }: UserTextProps) {
  const className = [classes.text, mono && classes.mono, truncate && classes.truncate].filter(Boolean).join(' ');
  return (
    <bdi className={className} title={truncate ? children : undefined}>
      {children}
    </bdi>
  );
}

// Formatting characters that reorder or hide what is around them.
const INVISIBLE = /[\u0080-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** JSON with invisible characters spelled out; still JSON. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
