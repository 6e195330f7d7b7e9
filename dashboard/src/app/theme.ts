import { createTheme, Drawer, Modal, type CSSVariablesResolver } from '@mantine/core';

const SYSTEM = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace";

// A dialog's heading bar is no landmark of the page.
const DIALOG = { closeButtonProps: { 'aria-label': 'Close' }, attributes: { header: { role: 'presentation' } } };

export const theme = createTheme({
  fontFamily: SYSTEM,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SYSTEM, fontWeight: '650' },
  defaultRadius: 'md',
  // Dark enough for white text at 4.5:1.
  primaryShade: { light: 8, dark: 8 },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: { Modal: Modal.extend({ defaultProps: DIALOG }), Drawer: Drawer.extend({ defaultProps: DIALOG }) },
});

/** Mantine's own greys and reds for small text are below 4.5:1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#545b63',
    '--mantine-color-placeholder': '#646b73',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-body': '#f7f8fa',
    '--surface': '#ffffff',
    '--line': '#e3e6ea',
    '--tone-good': '#2b8a3e',
    '--tone-bad': '#c92a2a',
    '--tone-quiet': '#646b73',
    '--tone-warn': '#b35900',
    '--accent': '#1864ab',
    '--tip': '#212529',
    '--tip-ink': '#ffffff',
    '--notice': '#fff3bf',
    '--notice-ink': '#4d3800',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-outline': '#c92a2a',
    '--mantine-color-orange-outline': '#a35200',
    '--mantine-color-green-outline': '#237032',
    '--mantine-color-blue-outline': '#1864ab',
  },
  dark: {
    '--mantine-color-dimmed': '#a9adb3',
    '--mantine-color-placeholder': '#9a9ea4',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-body': '#16181b',
    '--surface': '#1f2226',
    '--line': '#33383e',
    '--tone-good': '#69db7c',
    '--tone-bad': '#ff8787',
    '--tone-quiet': '#a9adb3',
    '--tone-warn': '#ffc078',
    '--accent': '#74c0fc',
    '--tip': '#e9ecef',
    '--tip-ink': '#16181b',
    '--notice': '#3b2f0b',
    '--notice-ink': '#ffe8a3',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-outline': '#ff8787',
    '--mantine-color-orange-outline': '#ffc078',
    '--mantine-color-green-outline': '#69db7c',
    '--mantine-color-blue-outline': '#74c0fc',
  },
});
