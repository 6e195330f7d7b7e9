import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Stats } from '../api/types';
import { formatNumber } from '../common/format';
import type { Line } from './charts';
import classes from './overview.module.css';

const HEIGHT = 220;
const DAY = 86_400;
const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const INK = { light: { text: '#545b63', grid: '#e9ecef' }, dark: { text: '#a9adb3', grid: '#2c3136' } };

interface PlotProps {
  lines: Line[];
  stats: Stats;
  scheme: 'light' | 'dark';
}

export function Plot({ lines, stats, scheme }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = dataOf(lines, stats);
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = new uPlot({ ...optionsOf(lines, scheme), width: element.clientWidth, height: HEIGHT }, latest.current, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [lines, scheme]);

  useEffect(() => {
    plot.current?.setData(latest.current);
  }, [stats]);

  return <div ref={place} className={classes.plot} />;
}

const dataOf = (lines: Line[], { series }: Stats): uPlot.AlignedData => [
  series.map(({ at }) => Date.parse(at) / 1000),
  ...lines.map(({ name }) => series.map((bucket) => bucket[name])),
];

/** The date where a day begins, else the hour. */
const timeLabels: uPlot.Axis.DynamicValues = (_plot, ticks, _axis, _space, step) =>
  ticks.map((tick) => {
    const date = new Date(tick * 1000);
    return step >= DAY || date.getHours() + date.getMinutes() === 0 ? day.format(date) : hour.format(date);
  });

function optionsOf(lines: Line[], scheme: 'light' | 'dark'): Omit<uPlot.Options, 'width' | 'height'> {
  const { text, grid } = INK[scheme];
  const axis: uPlot.Axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      { ...axis, size: 32, space: 64, values: timeLabels },
      { ...axis, size: 54, values: (_plot, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? formatNumber(tick) : '')) },
    ],
    series: [
      {},
      ...lines.map(({ label, color, dash }) => ({
        label,
        stroke: color[scheme],
        width: 2,
        dash,
        points: { show: false },
      })),
    ],
  };
}
