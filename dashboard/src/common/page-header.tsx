import { Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import classes from './page-header.module.css';

interface PageHeaderProps {
  title: ReactNode;
  /** For the browser's tab: never a user's text. */
  documentTitle: string;
  children?: ReactNode;
}

let isFirstPage = true;

/** Heading and actions of a page. A new page's heading takes focus, so that keyboard and screen reader start there. */
export function PageHeader({ title, documentTitle, children }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${documentTitle} · Refresh keys`;
    if (!isFirstPage) heading.current?.focus();
    isFirstPage = false;
  }, [documentTitle]);
  return (
    <div className={classes.header}>
      <Title order={1} size="h2" ref={heading} tabIndex={-1} className={classes.title}>
        {title}
      </Title>
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
