/**
 * Loaded before the app with `--require`: the process's clock is off by as much as the campaign says. A process that has
 * lost its campaign ends.
 */
const realNow = Date.now.bind(Date);
let offset = Number(process.env.CHAOS_CLOCK_OFFSET ?? 0);

Date.now = () => realNow() + offset;
process.on('message', (milliseconds: number) => {
  offset = milliseconds;
  process.send?.(offset);
});
process.on('disconnect', () => process.exit());
process.channel?.unref();
